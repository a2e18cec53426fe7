/** What is left to do after `init`, with commands to copy. Pure. */

export interface Written {
  readonly folder: string
  /** The key to give to the Git host, one line; `undefined` where a password or token is used instead. */
  readonly publicKey: string | undefined
  /** The key was there before. */
  readonly isKeyKept: boolean
}

const quoted = (text: string) => /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

const byKey = (publicKey: string, { folder, isKeyKept }: Written) => ({
  step: `${
    isKeyKept ? `The key in ${folder} was there before, and is kept. ` : ""
  }Add this deploy key to the repository, with the right to write:\n\n   ${publicKey}\n`,
  secret: `git-ssh --from-file=identity=${quoted(`${folder}/identity`)}`
})

const byToken = {
  step: "Make a token that may read and write the repository, and put it in for <token> below.",
  secret: "git-https --from-literal=password=<token>"
}

/** Without the last line break. */
export const renderInit = (written: Written): string => {
  const { folder, publicKey } = written
  const { secret, step } = publicKey === undefined ? byToken : byKey(publicKey, written)
  return [
    `Wrote ${folder}. What is left to do:`,
    "",
    `1. Look through ${folder}/config.yaml.`,
    `2. ${step}`,
    "3. Install it:",
    "",
    `   kubectl apply -f ${quoted(`${folder}/base/namespace.yaml`)}`,
    `   kubectl create secret generic -n gitops-controller ${secret}`,
    `   kubectl apply -k ${quoted(folder)}`,
    "   kubectl rollout status -n gitops-controller deployment/gitops-controller"
  ].join("\n")
}
