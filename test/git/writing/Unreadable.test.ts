import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { unreadable } from "../../../src/git/writing/Unreadable.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { openRepository } from "../openRepository.ts"
import { startGit } from "../startGit.ts"
import { text } from "./submitting.ts"

const key = (name: string, kind = "ConfigMap") => ({ group: "", kind, namespace: "shop", name })

describe("a file that can't be read", () => {
  it.live("may hold what its text names, and anything if it is no text or written in escapes", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { "a.yaml": text("a", "1"), "broken.yaml": "kind: ConfigMap\nname: web\n label: [db-1, x.cache" }
      })
      const { git } = yield* startGit(bare.url)
      const look = Effect.gen(function*() {
        const { index } = yield* git.refresh
        const repository = yield* openRepository(bare.url)
        yield* repository.advance(false)
        return yield* unreadable(index, yield* repository.objects)
      })
      const mayHold = yield* look
      assert.strictEqual(mayHold(key("web")), "broken.yaml")
      assert.strictEqual(mayHold(key("db-1")), "broken.yaml")
      assert.isUndefined(mayHold(key("db")))
      assert.isUndefined(mayHold(key("cache")))
      assert.isUndefined(mayHold(key("web", "Secret")))
      assert.isUndefined(mayHold(key("a")), "a file that can be read is in the index")

      yield* bare.commit({ "broken.yaml": "kind: \"\\x43onfigMap\"\nname: [" })
      assert.strictEqual((yield* look)(key("web")), "broken.yaml")
      yield* bare.commit({ "broken.yaml": Buffer.from([0, 1, 2]) })
      assert.strictEqual((yield* look)(key("web")), "broken.yaml")
      yield* bare.commit({ "broken.yaml": null })
      assert.isUndefined((yield* look)(key("web")))
    }))
})
