/* Folders with all that is in them. */
#ifndef SIM_UTIL_TREE_H
#define SIM_UTIL_TREE_H

/* Removes the folder and everything below it, without following links. What cannot be removed stays. */
void tree_remove(const char *path);

#endif
