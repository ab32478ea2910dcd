/* Software updates and what the application hears of them. See system.h.
 *
 * The SDK does not say which status goes with UpdateStarted and NoUpdateAvailable: Complete, as they tell what has happened.
 */
#include <errno.h>

#include "emu-applibs/device/internal.h"

/* SysEvent_Events, SysEvent_Status, SysEvent_UpdateType [sysevent.h]. */
enum { EVENT_READY = 0x01, EVENT_STARTED = 0x02, EVENT_NONE_AVAILABLE = 0x04, EVENT_MASK = 0x07 };
enum { STATUS_PENDING = 1, STATUS_FINAL = 2, STATUS_DEFERRED = 3, STATUS_COMPLETE = 4 };
enum { TYPE_INVALID = 0, TYPE_APP = 1, TYPE_SYSTEM = 2 };

#define NS_PER_MIN (60 * NS_PER_S)

static const char *const kind_names[] = {
	[DEVICE_UPDATE_NONE] = "no update",
	[DEVICE_UPDATE_APP] = "update of the application",
	[DEVICE_UPDATE_OTHER_APP] = "update of another application",
	[DEVICE_UPDATE_OS] = "update of the OS",
};

/* ---- What is told ---------------------------------------------------------------------------------------------------- */

static void report(struct device *dev, const char *what)
{
	char text[96];
	struct device_event event = { .kind = DEVICE_EVENT_UPDATE, .text = text };

	(void) snprintf(text, sizeof(text), "%s: %s", kind_names[dev->sysevent.update.kind], what);
	device_emit(dev, &event);
}

static uint32_t update_type(const struct device *dev)
{
	switch (dev->sysevent.update.kind) {
	case DEVICE_UPDATE_NONE:
		return TYPE_INVALID;
	case DEVICE_UPDATE_OS:
		return TYPE_SYSTEM;
	default:
		return TYPE_APP;
	}
}

/* Minutes that a deferral may still last, rounded down. */
static uint32_t minutes_left(const struct device *dev)
{
	uint64_t now_ns = device_now(dev), end_ns = dev->sysevent.last_chance_ns;

	return end_ns > now_ns ? (uint32_t)((end_ns - now_ns) / NS_PER_MIN) : 0;
}

/* False: nobody is registered for it. */
static bool tell(struct device *dev, uint32_t event, uint32_t status)
{
	struct wire_sysevent message = {
		.event = event, .status = status, .update_type = update_type(dev),
		.max_deferral_min = status == STATUS_PENDING ? minutes_left(dev) : 0,
	};

	if ((dev->sysevent.registered & event) == 0)
		return false;
	dev->host.event_send(dev->host.ctx, &message, sizeof(message));
	return true;
}

/* ---- The way of an update -------------------------------------------------------------------------------------------- */

static void enter(struct device *dev, enum sysevent_state state, uint64_t delay_ns)
{
	dev->sysevent.state = state;
	dev->sysevent.deadline_ns = delay_ns == TIME_NEVER ? TIME_NEVER : device_now(dev) + delay_ns;
}

static void install(struct device *dev)
{
	enum device_update_kind kind = dev->sysevent.update.kind;

	report(dev, "installed");
	dev->sysevent.offered = false;
	if (kind == DEVICE_UPDATE_OTHER_APP) {
		enter(dev, SYSEVENT_IDLE, TIME_NEVER);
		/* "For application updates"; its own the application does not live to see. */
		(void) tell(dev, EVENT_READY, STATUS_COMPLETE);
		return;
	}
	enter(dev, SYSEVENT_INSTALLING, TIME_NEVER);
	dev->host.shut_down(dev->host.ctx, kind == DEVICE_UPDATE_OS ? DEVICE_REBOOT : DEVICE_RESTART_APP, 0);
}

static void warn_for_the_last_time(struct device *dev)
{
	report(dev, "final");
	if (tell(dev, EVENT_READY, STATUS_FINAL))
		enter(dev, SYSEVENT_FINAL, SYSEVENT_WARNING_S * NS_PER_S);
	else
		install(dev);
}

/* Downloaded, or a deferral is over. */
static void offer(struct device *dev)
{
	if (minutes_left(dev) == 0) {
		warn_for_the_last_time(dev);
		return;
	}
	report(dev, "ready");
	if (tell(dev, EVENT_READY, STATUS_PENDING))
		enter(dev, SYSEVENT_PENDING, SYSEVENT_WARNING_S * NS_PER_S);
	else
		install(dev);
}

/* The device asks its service, and is on the internet. */
static void start(struct device *dev)
{
	if (dev->sysevent.update.kind == DEVICE_UPDATE_NONE) {
		report(dev, "none available");
		dev->sysevent.offered = false;
		enter(dev, SYSEVENT_IDLE, TIME_NEVER);
		(void) tell(dev, EVENT_NONE_AVAILABLE, STATUS_COMPLETE);
		return;
	}
	report(dev, "started");
	enter(dev, SYSEVENT_DOWNLOADING, dev->sysevent.update.download_ns);
	(void) tell(dev, EVENT_STARTED, STATUS_COMPLETE);
}

void device_update(struct device *dev, const struct device_update *update)
{
	dev->sysevent.offered = true;
	dev->sysevent.update = *update;
	if (!dev->on)
		return;
	enter(dev, SYSEVENT_WAITING, TIME_NEVER);
	if (networking_has_address(dev))
		start(dev);
}

void sysevent_power_on(struct device *dev)
{
	enter(dev, dev->sysevent.offered ? SYSEVENT_WAITING : SYSEVENT_IDLE, TIME_NEVER);
}

void sysevent_power_loss(struct device *dev)
{
	sysevent_app_gone(dev);
	dev->sysevent.state = SYSEVENT_IDLE;
	dev->sysevent.deadline_ns = TIME_NEVER;
}

void sysevent_link_changed(struct device *dev, bool connected)
{
	/* Not from inside a request or the supplicant's turn: the OS looks a moment later. */
	if (dev->sysevent.state == SYSEVENT_WAITING)
		dev->sysevent.deadline_ns = connected ? device_now(dev) + NS_PER_S : TIME_NEVER;
}

uint64_t sysevent_next_deadline(const struct device *dev)
{
	return dev->sysevent.deadline_ns;
}

void sysevent_run(struct device *dev)
{
	if (dev->sysevent.deadline_ns > device_now(dev))
		return;
	dev->sysevent.deadline_ns = TIME_NEVER;
	switch (dev->sysevent.state) {
	case SYSEVENT_WAITING:
		if (networking_has_address(dev))
			start(dev);
		break;
	case SYSEVENT_DOWNLOADING:
		dev->sysevent.last_chance_ns = device_now(dev) + dev->sysevent.update.max_deferral_ns;
		offer(dev);
		break;
	case SYSEVENT_DEFERRED:
		offer(dev);
		break;
	case SYSEVENT_PENDING:
	case SYSEVENT_FINAL:
		install(dev);
		break;
	case SYSEVENT_IDLE:
	case SYSEVENT_INSTALLING:
		break;
	}
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

void sysevent_app_gone(struct device *dev)
{
	if (dev->sysevent.registered == 0)
		return;
	dev->sysevent.registered = 0;
	dev->host.event_close(dev->host.ctx);
}

static int register_events(struct device *dev, struct wire_reader *in, int *ret_fd)
{
	uint32_t mask = wire_get_u32(in);
	int fd;

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "events=%#x", mask);
	if (!device_has_capability(dev, "SystemEventNotifications"))
		return -EACCES;
	if (mask == 0 || (mask & ~(uint32_t)EVENT_MASK) != 0)
		return -EINVAL;
	if (dev->sysevent.registered)
		return -EBUSY;
	fd = dev->host.event_channel(dev->host.ctx);
	if (fd < 0)
		return fd;
	dev->sysevent.registered = mask;
	*ret_fd = fd;
	return 0;
}

static int unregister_events(struct device *dev, struct wire_reader *in)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	sysevent_app_gone(dev);
	return 0;
}

static bool may_defer(struct device *dev)
{
	return device_has_capability(dev, "SystemEventNotifications") && device_has_capability(dev, "SoftwareUpdateDeferral");
}

static int defer(struct device *dev, struct wire_reader *in)
{
	uint32_t event = wire_get_u32(in), minutes = wire_get_u32(in);

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "event=%#x minutes=%u", event, minutes);
	if (!may_defer(dev))
		return -EACCES;
	if (event != EVENT_READY || minutes == 0 || dev->sysevent.state != SYSEVENT_PENDING)
		return -EINVAL;
	if (minutes > minutes_left(dev))
		minutes = minutes_left(dev);
	report(dev, "deferred");
	enter(dev, SYSEVENT_DEFERRED, minutes * NS_PER_MIN);
	(void) tell(dev, EVENT_READY, STATUS_DEFERRED);
	return 0;
}

static int resume(struct device *dev, struct wire_reader *in)
{
	uint32_t event = wire_get_u32(in);

	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "event=%#x", event);
	if (!may_defer(dev))
		return -EACCES;
	if (event != EVENT_READY || dev->sysevent.state != SYSEVENT_DEFERRED)
		return -EINVAL;
	warn_for_the_last_time(dev);
	return 0;
}

int sysevent_request(struct device *dev, uint16_t op, struct wire_reader *in, int *ret_fd)
{
	switch (op) {
	case WIRE_SYSEVENT_REGISTER:
		return register_events(dev, in, ret_fd);
	case WIRE_SYSEVENT_UNREGISTER:
		return unregister_events(dev, in);
	case WIRE_SYSEVENT_DEFER:
		return defer(dev, in);
	default:
		return resume(dev, in);
	}
}
