// The script that runs a one-node cluster within namespaces of its own. It ends, and all of it with it, when a server ends.
import { apiServerArguments, controllerManagerArguments, etcdArguments } from "../../cluster/Arguments.ts"
import { nodeAddress, nodeName } from "./NodeFiles.ts"

/** For a shell. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

const prepare = `#!/bin/bash
set -eu
for folder in /run /var/lib/cni /var/lib/kubelet; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done
mkdir -p /run/netns /run/lock /run/sshd
ip link set lo up
ip address add ${nodeAddress}/32 dev lo
echo 1 > /proc/sys/net/ipv4/ip_forward
`

const server = (name: string, args: ReadonlyArray<string>) =>
  `${[name, ...args].map(quoted).join(" ")} > ${name.split("/").at(-1)}.log 2>&1 &`

/** Those that come first wait by themselves for each other; the others give up when the API server takes long. */
const apiServerAnswers = `for i in $(seq 300); do
  if kubectl --kubeconfig admin.kubeconfig get --raw /readyz > /dev/null 2>&1; then break; fi
  sleep 0.2
done`

export const startScript = (folder: string, sshd: { readonly program: string; readonly config: string }): string => {
  const admin = `${folder}/admin.kubeconfig`
  const apiServer = apiServerArguments(folder, 443, {
    controllerManager: true,
    audit: false,
    apiServerArguments: [
      "--bind-address=0.0.0.0",
      `--advertise-address=${nodeAddress}`,
      "--service-cluster-ip-range=10.96.0.0/24",
      "--authorization-mode=Node",
      "--enable-admission-plugins=NodeRestriction",
      "--kubelet-preferred-address-types=InternalIP",
      "--kubelet-client-certificate=admin.crt",
      "--kubelet-client-key=admin.key"
    ]
  })
  const manager = [...controllerManagerArguments(folder, admin), "--use-service-account-credentials"]
  const scheduler = [
    `--kubeconfig=${admin}`,
    `--authentication-kubeconfig=${admin}`,
    `--authorization-kubeconfig=${admin}`,
    "--leader-elect=false"
  ]
  const kubelet = [
    `--config=${folder}/kubelet.json`,
    `--kubeconfig=${folder}/kubelet.kubeconfig`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${nodeAddress}`,
    `--cert-dir=${folder}/pki`
  ]
  return [
    prepare,
    server("etcd", etcdArguments(folder)),
    server("kube-apiserver", apiServer),
    server("containerd", ["-c", `${folder}/containerd.toml`]),
    server(sshd.program, ["-D", "-e", "-f", sshd.config]),
    apiServerAnswers,
    server("kube-controller-manager", manager),
    server("kube-scheduler", scheduler),
    server("kubelet", kubelet),
    "wait -n",
    "exit 1",
    ""
  ].join("\n")
}
