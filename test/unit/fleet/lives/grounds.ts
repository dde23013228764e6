import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type { FleetMember } from '@org/migrate-fleet'
import Database from 'better-sqlite3'
import { describe, onTestFinished } from 'vitest'
import type { Random } from '../../../kit/random.ts'
import { longRun } from '../../../kit/scale.ts'
import { describeOnEach, type ServerName, type TestDatabase } from '../../../kit/servers.ts'
import { runOn } from '../../ensure/ground.ts'

/** A database of a fleet, and what its own driver shows of it. */
export interface MemberGround {
  readonly name: 'sqlite' | ServerName
  /** What leads to it; without an id. */
  readonly member: Omit<FleetMember, 'id'>
  dialect(): UnloadedDialect
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  /** Names that other databases of the fleet have not: they mean nothing in a comparison. */
  readonly ownNames: readonly string[]
}

/** Databases of one fleet. */
export interface FleetGround {
  readonly what: string
  /** A view has the names of its texts, whatever is renamed (MySQL, MariaDB). */
  readonly hasPlainViews?: true
  readonly dialectOf: (member: FleetMember) => UnloadedDialect
  make(name: string): Promise<MemberGround>
}

function fileFleet(): FleetGround {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-lives-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return {
    what: 'files',
    dialectOf: ({ url = '' }) => sqliteDialect({ url }),
    async make(name) {
      const file = join(folder, `${name}.db`)
      const url = `sqlite:///${file}`
      new Database(file).close()
      return {
        name: 'sqlite',
        member: { url },
        ownNames: [file],
        dialect: () => sqliteDialect({ url }),
        sql: async (text) => runOn(file, text),
      }
    },
  }
}

const isPostgres = (server: ServerName): boolean => server.startsWith('postgres')

const dialectAt = (url: string, schema?: string): UnloadedDialect => {
  const options = { url, ...(schema === undefined ? {} : { schema }) }
  return url.startsWith('postgres') ? postgresDialect(options) : mysqlDialect(options)
}

/** A database for each member: found by its URL, or by its name on the server of another one. */
function databaseFleet(server: ServerName, createDatabase: () => Promise<TestDatabase>, byName: boolean): FleetGround {
  let first: TestDatabase | undefined
  const at = (member: Omit<FleetMember, 'id'>): UnloadedDialect =>
    dialectAt(member.url ?? first?.url ?? '', member.schema)
  return {
    what: byName ? 'databases by name' : 'databases',
    ...(isPostgres(server) ? {} : { hasPlainViews: true as const }),
    dialectOf: at,
    async make() {
      const { name, url, sql } = await createDatabase()
      first ??= { name, url, sql, server, drop: async () => undefined }
      const member = byName ? { schema: name } : { url }
      return { name: server, member, ownNames: [name], dialect: () => at(member), sql }
    },
  }
}

/** A schema of one PostgreSQL database for each member. */
function schemaFleet(server: ServerName, createDatabase: () => Promise<TestDatabase>): FleetGround {
  let database: Promise<TestDatabase> | undefined
  let url = ''
  return {
    what: 'schemas',
    dialectOf: ({ schema = '' }) => postgresDialect({ url, schema }),
    async make(schema) {
      database ??= createDatabase()
      const { url: own, sql } = await database
      url = own
      await sql(`CREATE SCHEMA "${schema}"`)
      return {
        name: server,
        member: { schema },
        ownNames: [schema],
        dialect: () => postgresDialect({ url: own, schema }),
        sql: (text) => sql(`SET search_path TO "${schema}"; ${text}`),
      }
    },
  }
}

type Fleets = (from: Random) => FleetGround

const servers = ['postgres', 'mariadb', 'mysql'] as const

/** The same tests on files and, in the long run, on each server. */
export function describeFleets(title: string, body: (fleets: Fleets, kind: 'sqlite' | 'server') => void): void {
  describe(`sqlite: ${title}`, () => body(fileFleet, 'sqlite'))
  // The servers are slower to make a database: theirs belong to the long run.
  if (!longRun) return
  describeOnEach(servers, title, (createDatabase, server) =>
    body((from) => {
      const byName = from.chance(0.5)
      return byName && isPostgres(server)
        ? schemaFleet(server, createDatabase)
        : databaseFleet(server, createDatabase, byName)
    }, 'server'),
  )
}
