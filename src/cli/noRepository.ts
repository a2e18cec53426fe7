/** Stands in for `gitUrl` where a command reads the configuration and asks no repository, so that the file may leave it out. */
export const noRepository = "file:///not-asked"
