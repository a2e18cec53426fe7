// A program for the tests: a person with native Git and a clone of their own, who commits and pushes as fast as Git lets them.
// Its one argument is a `PersonsWork` as JSON. Each push that the remote took is a line on stdout.
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { hermeticEnv } from "../../remote/NativeGit.ts"

export interface PersonsWork {
  readonly url: string
  /** Before Git's command. */
  readonly gitArguments: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  /** Where the clone goes. */
  readonly folder: string
  readonly commits: number
  /** So many commits may the person be ahead of the other one, whose number of commits is in the file `other` of the folder. */
  readonly longestLead: number
}

const mostTries = 200

const { commits, env, folder, gitArguments, longestLead, url }: PersonsWork = JSON.parse(process.argv[2] ?? "")
const clone = join(folder, "clone")

const git = (cwd: string, ...args: ReadonlyArray<string>) =>
  spawnSync("git", [...gitArguments, ...args], { cwd, env: { ...hermeticEnv(), ...env }, encoding: "utf8" })

const mustGit = (cwd: string, ...args: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = git(cwd, ...args)
  if (status !== 0) throw new Error(`git ${args.join(" ")} ended with ${status}: ${stderr}${stdout}`)
}

/** As in an editor: the value of one document, whatever else is in the file. */
const setValue = (path: string, name: string, value: string) => {
  const file = join(clone, path)
  const documents = readFileSync(file, "utf8").split(/^---$/m)
  const changed = documents.map((document) =>
    document.includes(`name: ${name}\n`) ? document.replace(/^ {2}key: .*$/m, `  key: "${value}"`) : document
  )
  writeFileSync(file, changed.join("---"))
}

const work = (number: number) => {
  const value = `p${number}`
  if (number % 4 === 0) writeFileSync(join(clone, `note-${number}.txt`), `${value}\n`)
  else if (number % 4 === 1) setValue("shared.yaml", "theirs", value)
  else if (number % 4 === 2) setValue("contested.yaml", "contested", value)
  else setValue("person.yaml", "person", value)
  mustGit(clone, "add", "--all")
  mustGit(clone, "commit", "--quiet", "--message", `person ${number}`)
}

const push = async () => {
  for (let tries = 0; git(clone, "push", "--quiet", "origin", "HEAD").status !== 0; tries++) {
    if (tries === mostTries) throw new Error(`nothing could be pushed in ${tries} tries`)
    await setTimeout(Math.random() * 20)
    // The person's own wish wins over ours in the same lines.
    mustGit(clone, "pull", "--quiet", "--rebase", "--strategy-option=theirs")
  }
}

mustGit(folder, "clone", "--quiet", url, "clone")
mustGit(clone, "config", "maintenance.auto", "false")
for (let number = 1; number <= commits; number++) {
  while (number - Number(readFileSync(join(folder, "other"), "utf8")) > longestLead) await setTimeout(5)
  work(number)
  await push()
  process.stdout.write(`pushed ${number}\n`)
}
