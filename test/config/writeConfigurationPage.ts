// Writes docs/configuration.md anew: npx node test/config/writeConfigurationPage.ts
import { writeFileSync } from "node:fs"
import { page, pageFile } from "./configurationPage.ts"

writeFileSync(pageFile, page)
