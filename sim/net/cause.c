/* See cause.h. */
#include "sim/net/cause.h"

#include <openssl/x509_vfy.h>

#include "sim/util/text.h"

enum auth_cause net_cause_of_x509(int error)
{
	switch (error) {
	case X509_V_OK:
		return AUTH_CAUSE_NONE;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return AUTH_CAUSE_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return AUTH_CAUSE_NOT_YET_VALID;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
		return AUTH_CAUSE_UNKNOWN_CA;
	case X509_V_ERR_CERT_REVOKED:
		return AUTH_CAUSE_REVOKED;
	case X509_V_ERR_INVALID_PURPOSE:
		return AUTH_CAUSE_WRONG_PURPOSE;
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
		return AUTH_CAUSE_BAD_SIGNATURE;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
	case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
	case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
		return AUTH_CAUSE_CRL;
	default:
		return AUTH_CAUSE_OTHER;
	}
}

void net_sanitize_verdict(struct auth_verdict *verdict)
{
	text_sanitize(verdict->subject);
	text_sanitize(verdict->device_reason);
	text_sanitize(verdict->radius_reason);
}
