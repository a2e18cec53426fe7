/** What counts where a configuration says nothing, as it would be written. */

export const defaults = {
  gitPath: "",
  name: "default",
  namespace: "default",
  stateNamespace: "gitops-controller",
  interval: "30s",
  commit: { quiet: "2s", maxAge: "30s", author: { name: "gitops-controller", email: "gitops-controller@example.com" } },
  layout: "{namespace}/{kind}-{name}.yaml",
  deletions: { max: 20, percent: 20 },
  restore: "auto",
  volumes: "restore",
  lease: { duration: "15s", renew: "10s", retry: "2s" },
  http: { port: 8080 },
  fieldManager: "gitops-controller",
  username: "git",
  ssh: { identity: "/ssh/identity", knownHosts: "/ssh/known_hosts" },
  prune: "owned",
  conflict: "hold",
  suspend: false
} as const
