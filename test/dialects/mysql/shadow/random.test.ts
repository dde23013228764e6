import { isMigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { caseSeed, onlyCase, random, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn, objectsOf as shownObjects } from '../run/kit.ts'
import { type Change, randomChange } from './changes.ts'
import { type Flavour, randomSchema } from './schemas.ts'

const seed = runSeed()

type Objects = Readonly<Record<string, unknown>>

/** Errors by which a change is refused before anything is touched, or announced. */
const refusals = [
  'DEPENDENT_OBJECTS',
  'UNSUPPORTED',
  'INVALID_OPERATION',
  'OBJECT_MISSING',
  'IRREVERSIBLE',
  'STATEMENT_FAILED',
]

/**
 * As the server shows them, without what it says in two ways: the character set beside a collation of it, and that of a literal, which
 * MySQL reprints whenever it alters the table. Keys and checks have no order; columns have one.
 */
async function objectsOf(database: TestDatabase): Promise<Objects> {
  const shown = Object.entries(await shownObjects(database)).map(([key, object]) => {
    const facts = Object.entries(object as Readonly<Record<string, unknown>>).map(([fact, value]) => {
      const text = String(value)
        .replaceAll(/_(?:utf8mb4|latin1)(?=')/g, '')
        .replaceAll('CHARACTER SET utf8mb4 COLLATE', 'COLLATE')
      const lines = text.split('\n').map((line) => line.replace(/,$/, ''))
      const isItem = (line: string): boolean => /^ {2}(?!`)/.test(line)
      const ordered = [...lines.filter((line) => !isItem(line)), ...lines.filter(isItem).sort()]
      return [fact, fact === 'Create Table' ? ordered.join('\n') : text]
    })
    return [key, Object.fromEntries(facts)]
  })
  return Object.fromEntries(shown)
}

const linesOf = (objects: Objects): readonly string[] =>
  Object.entries(objects).flatMap(([key, object]) =>
    Object.entries(object as Readonly<Record<string, unknown>>).flatMap(([fact, value]) =>
      String(value)
        .split('\n')
        .map((line) => `${key} "${fact}" ${line}`),
    ),
  )

/** After the upgrade everything but what it changes is what it was. */
function expectUntouched(before: Objects, after: Objects, { changes, what }: Change): void {
  const [from, to] = changes
  if (typeof from === 'string' && typeof to === 'string') {
    // The names of the columns of a view stay, whatever they are computed from: AS `max(col)`.
    const word = new RegExp(`AS \`[^\`]*\`|(?<!\`v\`\\.\`)\\b${from}\\b`, 'g')
    const renamed = linesOf(before).map((line) =>
      line.replaceAll(word, (match) => (match.startsWith('AS ') ? match : to)),
    )
    expect([...linesOf(after)].sort(), what).toEqual([...renamed].sort())
    return
  }
  const withoutNames = (objects: Objects) =>
    linesOf(objects)
      .filter((line) => !changes.some((change) => change instanceof RegExp && change.test(line)))
      .sort()
  expect(withoutNames(after), what).toEqual(withoutNames(before))
}

/** What stands before VIEW: a new SELECT changes none of it. */
const headsOf = (objects: Objects): readonly string[] =>
  Object.values(objects).flatMap(
    (object) =>
      /^CREATE ALGORITHM.*? VIEW /.exec(String((object as Record<string, unknown>)['Create View']))?.[0] ?? [],
  )

async function attempt(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (!isMigrateError(error)) throw error
    expect(refusals, error.message).toContain(error.code)
    return `${error.code}: ${error.message}`
  }
}

async function prove(database: TestDatabase, flavour: Flavour, at: number): Promise<string> {
  const draw = random(caseSeed(seed, at))
  const schema = randomSchema(draw, flavour)
  await database.sql('ALTER DATABASE CHARACTER SET utf8mb4')
  // What a random schema may not be, the server says.
  for (const statement of schema.statements) {
    const refused = await database.sql(statement).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    if (refused !== undefined) return `server: ${refused} ${statement}`
  }
  const change = randomChange(draw, schema)
  const before = await objectsOf(database)
  const migrator = migratorOn(database, change.upgrade)
  const refused = await attempt(migrator.upgrade())
  if (refused !== undefined) {
    expect(await objectsOf(database), `${change.what}: ${refused}`).toEqual(before)
    return `${change.what}: ${refused}`
  }
  const after = await objectsOf(database)
  expectUntouched(before, after, change)
  if (change.what.startsWith('replace view')) expect(headsOf(after), change.what).toEqual(headsOf(before))
  const irreversible = await attempt(migrator.downgrade('base'))
  if (irreversible !== undefined) {
    expect(irreversible, change.what).toMatch(/^IRREVERSIBLE/)
    expect(await objectsOf(database), change.what).toEqual(after)
    return `${change.what}: ${irreversible}`
  }
  expect(await objectsOf(database), change.what).toEqual(before)
  return `${change.what}: same`
}

describeOnEach(['mysql', 'mariadb'], `objects of a random schema (TEST_SEED=${seed})`, (createDatabase, server) => {
  const outcomes: string[] = []
  for (let at = 0; at < counts.recreatedObjects; at += 1) {
    if ((onlyCase() ?? at) !== at) continue
    it(`are what they were after an upgrade and its derived downgrade: ${at}`, async () => {
      const database = await createDatabase()
      outcomes.push(await prove(database, server === 'mysql' ? 'mysql' : 'mariadb', at))
      await database.drop()
    })
  }

  it('and most of them are changed and come back', () => {
    if (process.env.TEST_OUTCOMES) console.log(outcomes.sort().join('\n'))
    const same = outcomes.filter((outcome) => outcome.endsWith(': same'))
    if (onlyCase() === undefined) expect(same.length, outcomes.join('\n')).toBeGreaterThan(outcomes.length / 3)
  })
})
