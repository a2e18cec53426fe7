// Files that cannot be read, or whose documents are no manifests: known before anything is sent to the cluster.
import { type BadInput, brokenFile, configMap, namespace } from "./BadInput.ts"

const metadata = `metadata: { name: x, namespace: ${namespace} }`

const aliasBomb = () => {
  const list = (name: string, of: string) => `  ${name}: &${name} [${Array(9).fill(of).join(", ")}]\n`
  const names = ["b", "c", "d", "e", "f", "g", "h", "i"]
  const lists = names.map((name, index) => list(name, `*${index === 0 ? "a" : names[index - 1]}`))
  return `${configMap("alias-bomb", "bomb")}data:\n  a: &a "lol"\n${lists.join("")}`
}

const lfsPointer = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`

const encryptedSecret = `apiVersion: v1
kind: Secret
metadata:
    name: sops
    namespace: ${namespace}
data:
    password: ENC[AES256_GCM,data:p673w==,iv:YY=,tag:UQ==,type:str]
sops:
    age:
        - recipient: age1example
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2024-02-29T12:00:00Z"
    mac: ENC[AES256_GCM,data:bWFj,iv:bWFj,tag:bWFj,type:str]
    encrypted_regex: ^(data|stringData)$
    version: 3.9.0
`

const secret = (value: string) =>
  `apiVersion: v1
kind: Secret
metadata: { name: sops, namespace: ${namespace}, annotations: { value: ${value} } }
stringData: { password: plain-${value} }
`

/** By what is wrong, as a sentence of the tests. */
export const brokenFiles: Readonly<Record<string, BadInput>> = {
  "YAML with a wrong indentation": brokenFile(
    "indentation.yaml",
    configMap("indentation", "bad", "data:\n  one: two\n   three: four\n"),
    ":6:9: a second \":\" can't follow here; put the value in quotes, or check the indentation"
  ),
  "YAML with a quote that never ends": brokenFile(
    "quote.yaml",
    configMap("quote", "bad", "data:\n  one: \"two\n  three: four\n"),
    ":5:8: this quote is never closed"
  ),
  "YAML that is indented with a tab": brokenFile(
    "tab.yaml",
    configMap("tab", "bad", "data:\n\tone: two\n"),
    ":5:1: a tab can't be used to indent; use spaces"
  ),
  "JSON with a comma missing": brokenFile(
    "comma.json",
    `{\n  "apiVersion": "v1"\n  "kind": "ConfigMap",\n  "metadata": { "name": "comma", "namespace": "${namespace}" }\n}\n`,
    ":3:3: \",\" or \"}\" is missing here, in the map that begins in line 1"
  ),
  "a key that stands twice in one map": brokenFile(
    "twice.yaml",
    configMap("twice", "bad", "data:\n  one: two\n  other: three\n  one: four\n"),
    ":7:3: the key \"one\" stands twice in this map; keep one of them"
  ),
  "a document without kind, which costs the others of its file nothing": {
    ...brokenFile(
      "no-kind.yaml",
      `${configMap("no-kind-above", "good")}---\napiVersion: v1\n${metadata}\n---\n${
        configMap("no-kind-below", "good")
      }`,
      ":5:1: this document has an apiVersion but no kind; add one, such as \"kind: ConfigMap\""
    ),
    applied: ["configmap/no-kind-above", "configmap/no-kind-below"]
  },
  "a document without apiVersion": brokenFile(
    "no-version.yaml",
    `kind: ConfigMap\n${metadata}\n`,
    ":1:1: this document has a kind but no apiVersion; add one, such as \"apiVersion: v1\""
  ),
  "a document without a name": brokenFile(
    "no-name.yaml",
    `# settings\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: ${namespace}\ndata: {}\n`,
    ":4:1: this ConfigMap has no metadata.name; give it one"
  ),
  "a name to be generated": brokenFile(
    "generate.yaml",
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: ${namespace}\n  generateName: some-\n`,
    ":5:3: metadata.generateName would make a new object at every apply; give this object a metadata.name instead"
  ),
  "a label that is no text": brokenFile(
    "label.yaml",
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: label\n  namespace: ${namespace}\n  labels:\n    enabled: yes\n`,
    ":7:5: label enabled is true, a boolean, but must be text; put it in quotes"
  ),
  "an alias bomb": brokenFile(
    "alias-bomb.yaml",
    aliasBomb(),
    ":12:10: with *g filled in, aliases alone would make more than 4 MiB; use fewer of them"
  ),
  "a file of 20 MB": brokenFile(
    "large.yaml",
    `${configMap("large", "bad")}${"# padding\n".repeat(2_000_000)}`,
    ": file is 19.1 MiB; manifests are read up to 4.0 MiB, so split it or move it out of the synced path"
  ),
  "a binary file": brokenFile(
    "binary.yaml",
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0xff, 0xfe]),
    ": file is binary, not text; rename it or move it out of the synced path"
  ),
  "a file that is not UTF-8": brokenFile(
    "latin.yaml",
    Buffer.from(configMap("latin", "bad", "data: { name: Müller }\n"), "latin1"),
    ": file is not UTF-8 text; save it as UTF-8"
  ),
  "a pointer of Git LFS": brokenFile(
    "lfs.yaml",
    lfsPointer,
    ": file is a pointer into git lfs, whose content is not in the repository; commit the manifest itself (git lfs untrack)"
  ),
  "a Helm template outside of a chart": brokenFile(
    "template.yaml",
    configMap("template", "bad", "data:\n  {{- range .Values.data }}\n  {{ .key }}: {{ .value }}\n  {{- end }}\n"),
    ":5:5: a value is missing here; it looks like a Helm or Go template: render it first, or keep it beside its Chart.yaml so that it is passed over"
  ),
  "a manifest encrypted with SOPS": {
    before: { "sops.yaml": secret("before") },
    standing: ["secret/sops"],
    bad: { "sops.yaml": encryptedSecret },
    said: [
      "sops.yaml:8:1: this manifest is encrypted with SOPS, which can't be decrypted yet; it is not applied, for the cluster would get the ciphertext"
    ],
    mended: { "sops.yaml": secret("mended") },
    afterwards: ["secret/sops"]
  }
}
