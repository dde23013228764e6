import { readFileSync, rmSync } from 'node:fs'
import { isMigrateError, type RevisionHeader } from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import {
  connectingWith,
  contextOf,
  type InsideSquash,
  inspectBookkeeping,
  refuseInside,
  replaceNodes,
} from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { plural } from '../../reporters/formatting.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { importsFile } from './body.ts'
import { pathOf } from './squash.ts'

/** A database whose history is read. */
interface ReadDatabase extends Pick<Project, 'migrator' | 'database'> {
  /** Of the tier there. */
  readonly name: string
  /** `--on` names it. */
  readonly isNamed?: true
}

/** A file that does not exist would answer as an empty database, so a wrong path would prove that the files are not needed. */
const ifExisting = (dialect: Dialect): Dialect => ({
  ...dialect,
  ...connectingWith(dialect, { whenMissing: 'refuse' }),
})

/**
 * Which squashed revisions a database is inside of, by its history; undefined: it has none. Throws USAGE for one that `--on` names and that
 * proves nothing so.
 */
async function insideOf(
  database: ReadDatabase,
  headers: readonly RevisionHeader[],
): Promise<readonly InsideSquash[] | undefined> {
  const provesNothing = (why: string) =>
    usage(`${database.database} ${why}, so it proves nothing`, 'Correct the URL of `--on`.')
  try {
    const inside = await readInside(database, headers)
    if (inside === undefined && database.isNamed === true) throw provesNothing('was never migrated by these revisions')
    return inside
  } catch (error) {
    if (database.isNamed !== true || !isMigrateError(error, 'DATABASE_UNREACHABLE') || error.details.isMissing !== true)
      throw error
    throw provesNothing('does not exist')
  }
}

async function readInside(
  { migrator, database, name }: ReadDatabase,
  headers: readonly RevisionHeader[],
): Promise<readonly InsideSquash[] | undefined> {
  const { withReadOnlySession } = contextOf('prune', migrator)
  return withReadOnlySession(async (session, here) => {
    const { applied, interrupted, present } = await inspectBookkeeping(here, session)
    const rows = applied.get(name) ?? []
    if (rows.length === 0 && !present.has(here.names.history)) return undefined
    const known = new Set(headers.flatMap(({ revision, replaces = [] }) => [revision, ...replaces]))
    const unknown = rows.find((row) => !known.has(row))
    if (unknown !== undefined) {
      const problem = `${database} is at ${unknown}, which is no revision of this project, so it proves nothing`
      throw usage(problem, 'Correct the URL, or prune in a checkout that has the file of this revision.')
    }
    const own = interrupted.flatMap(({ tier, revision }) => (tier === name ? [revision] : []))
    return replaceNodes(headers, { rows, interrupted: own }).inside
  })
}

/** The other databases of the configuration, but those that it has no URL of. Throws what opening one throws: each has to answer. */
async function configuredDatabases(context: CommandContext): Promise<readonly ReadDatabase[]> {
  const all: ReadDatabase[] = []
  for (const { open } of await context.otherDatabases()) {
    try {
      const { migrator, database, tier } = await open()
      all.push({ migrator, database, name: tier.name })
    } catch (error) {
      if (!isMigrateError(error, 'NO_DATABASE')) throw error
    }
  }
  return all
}

/**
 * Removes the files that squashed revisions replace, once the histories of all databases prove that none of them is inside a range: that of the
 * project, which the first dialect is of, those of `--on`, and those of the configuration. Throws INSIDE_SQUASH, with the database in its message.
 */
export async function prune(
  context: CommandContext,
  project: Project,
  [, ...named]: readonly Dialect[],
  only: string | undefined,
): Promise<ExitCode> {
  const headers = await project.tier.source.headers({ readAll: true })
  const squashes = headers.filter(
    ({ revision, replaces = [] }) => replaces.length > 0 && (only ?? revision) === revision,
  )
  if (squashes.length === 0) {
    throw usage(
      only === undefined ? 'no revision replaces another' : `${only} is no squashed revision`,
      'Write one with `migrate squash <from>:<to>`.',
    )
  }
  const pruned = new Set(squashes.map(({ revision }) => revision))
  const databases: readonly ReadDatabase[] = [
    { migrator: project.migrator, database: project.database, name: project.tier.name },
    ...named.map((dialect) => ({
      migrator: project.migratorOn(project.tiers, ifExisting(dialect)),
      database: dialect.connection.database,
      name: project.tier.name,
      isNamed: true as const,
    })),
    ...(await configuredDatabases(context)),
  ]
  const read = new Set<string>()
  const unmigrated = new Set<string>()
  for (const each of databases) {
    const inside = await insideOf(each, headers)
    if (inside === undefined) {
      unmigrated.add(each.database)
      continue
    }
    read.add(each.database)
    const refused = inside.find(({ squash }) => pruned.has(squash))
    if (refused !== undefined) refuseInside(refused, each.database)
  }
  const replaced = new Set(squashes.flatMap(({ replaces = [] }) => replaces))
  const remaining = headers
    .filter(({ revision }) => !replaced.has(revision))
    .map(({ source: file }) => ({ file, text: readFileSync(file, 'utf8') }))
  const removed: string[] = []
  const imported: string[] = []
  for (const { revision, source } of headers) {
    if (!replaced.has(revision)) continue
    if (remaining.some((each) => importsFile(each, source))) imported.push(source)
    else {
      const path = pathOf({ source })
      rmSync(path, { recursive: true })
      removed.push(path)
    }
  }
  context.report.answer({ removed, imported, databases: [...read], unmigrated: [...unmigrated] }, () =>
    [
      ...removed.map((file) => `removed ${file}`),
      ...imported.map((file) => `left ${file}: a revision imports data steps from it`),
      ...Array.from(unmigrated, (database) => `${database} was never migrated, so it proves nothing`),
      `${plural(removed.length, 'file')} removed${read.size === 0 ? '' : `; inside the range is none of ${[...read].join(', ')}`}`,
    ].join('\n'),
  )
  return exitCodes.done
}
