import { it } from 'vitest'
import { caseSeed, onlyCase, type Random, random, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { cases, setup } from './cases.ts'
import { proveRecreated, withRole } from './kit.ts'

const seed = runSeed()

const isDecoration = (statement: string): boolean =>
  /^(?:COMMENT|REVOKE|ALTER|GRANT (?!CREATE)|CREATE (?:UNIQUE INDEX|INDEX|STATISTICS|POLICY|RULE|TRIGGER|PUBLICATION))/.test(
    statement,
  )

/** What a statement makes that others may name. */
const createdName = (statement: string): string | undefined =>
  /^(?:CREATE (?:UNIQUE INDEX|INDEX|STATISTICS|POLICY|RULE|TRIGGER)|ALTER TABLE t ADD CONSTRAINT) (\w+)/.exec(
    statement,
  )?.[1]

/** A part of what the schema has beside its tables and views, and now and then privileges that every new object gets. */
function someOf(all: string, draw: Random, role: string): string {
  const removed = new Set<string>()
  const remaining = all.split(/;\n/).filter((line) => {
    const statement = line.trim()
    const needs = [...removed].some((name) => new RegExp(`\\b${name}\\b`).test(statement))
    if (!isDecoration(statement) || (!needs && draw.chance(0.6))) return true
    const name = createdName(statement)
    if (name !== undefined) removed.add(name)
    return false
  })
  const privileges = [
    `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT ON TABLES TO PUBLIC`,
    `ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC`,
    `ALTER TABLE t OWNER TO ${role}`,
    `ALTER TYPE mood OWNER TO ${role}`,
  ]
  return [...remaining, ...draw.sample(privileges, draw.int(0, 3))].join(';\n')
}

describeOnEach(['postgres', 'postgres-next'], `what is created again, seed ${seed}`, (createDatabase, server) => {
  for (let at = 0; at < Math.ceil(counts.recreatedSchemas / (server === 'postgres' ? 1 : 4)); at += 1) {
    if ((onlyCase() ?? at) !== at) continue
    const draw = random(caseSeed(seed, at))
    const [name, one] = draw.pick(Object.entries(cases))
    it(`is what it was in every line of a dump, whatever of it is there: ${at}, ${name}`, async () => {
      const database = await createDatabase()
      await withRole(database, (role) => proveRecreated(database, someOf(setup(role), draw, role), one))
      await database.drop()
    })
  }
})
