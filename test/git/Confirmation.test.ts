import { assert, describe, it } from "@effect/vitest"
import { confirmationsIn } from "../../src/git/Confirmation.ts"

describe("what a commit message confirms", () => {
  it.each<[string, string, ReadonlyArray<readonly [string, number]>]>([
    ["a trailer", "Tidy up\n\nOld things go.\n\nConfirm-deletions: default 12\n", [["default", 12]]],
    [
      "several, among others",
      "Tidy up\n\nConfirm-deletions: a 1\nSigned-off-by: A\nConfirm-deletions: b 2",
      [["a", 1], ["b", 2]]
    ],
    ["a message of one line", "Confirm-deletions: default 12", [["default", 12]]],
    ["lines that end as on Windows", "Tidy up\r\n\r\nConfirm-deletions: default 12\r\n", [["default", 12]]],
    ["nothing but in the last paragraph", "Tidy up\n\nConfirm-deletions: default 12\n\nBut not now.\n", []],
    ["nothing in the middle of a line", "Tidy up\n\n- Confirm-deletions: default 12\n", []],
    ["nothing indented", "Tidy up\n\n Confirm-deletions: default 12\n", []],
    ["nothing written otherwise", "Tidy up\n\nConfirm-Deletions: default 12\nconfirm-deletions: default 12", []],
    ["no number that isn't one", "Tidy up\n\nConfirm-deletions: default all\nConfirm-deletions: default 1.5", []],
    ["nothing without a name", "Tidy up\n\nConfirm-deletions: 12", []],
    ["nothing", "", []]
  ])("is %s", (_, message, confirmed) => {
    assert.deepStrictEqual(confirmationsIn(message), confirmed.map(([name, count]) => ({ name, count })))
  })
})
