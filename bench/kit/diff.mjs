// Compares declared tables with a database that has them: `node diff.mjs <url> <count>`. Prints how much it proposes.
import { compare } from '../../packages/autogenerate/dist/index.js'
import { createMigrator, graphOf, readDeclared, revisions } from '../../packages/core/dist/index.js'
import { declaredTables } from './declared-tables.mjs'
import { dialectOf } from './dialect-of.mjs'

const [, , url, count] = process.argv
const migrator = createMigrator({ dialect: await dialectOf(url), tiers: [graphOf(revisions([]))] })
const { changes, unanswered } = await compare(migrator, readDeclared(declaredTables(Number(count))))
console.log(changes.length + unanswered.length)
