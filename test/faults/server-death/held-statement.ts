import { setTimeout as sleep } from 'node:timers/promises'
import { familyOf, type TestDatabase } from '../../kit/servers.ts'
import { otherSession, reading } from '../proxy/other.ts'
import type { Between } from './big.ts'

/** A statement that is in the middle of its work, and stays there until the fault strikes. */
export interface Held {
  readonly between: Between
  /** How the statement begins. */
  readonly statement: string
  /** Waits until the server itself shows the statement there; gives the number of its session. */
  reached(ended: () => boolean): Promise<number>
}

export type HeldWork = 'the copy of a table' | 'the making of an index'

const tags = { 'the copy of a table': 'ALTER TABLE', 'the making of an index': 'CREATE INDEX' } as const

type Sql = TestDatabase['sql']

async function until(sql: Sql, text: string, ended: () => boolean): Promise<number> {
  for (let turn = 0; turn < 6_000 && !ended(); turn += 1) {
    const [row] = await sql(text)
    if (row !== undefined) return Number(Object.values(row)[0])
    await sleep(5)
  }
  throw new Error(`${ended() ? 'the run ended before' : 'no session came'}: ${text}`)
}

/** An event trigger runs inside the statement, after its work and before its commit, and waits for a lock of ours. */
async function heldByTrigger(database: TestDatabase, work: HeldWork): Promise<Held> {
  const statement = tags[work]
  const other = await otherSession(database.url)
  await other.sql('SELECT pg_advisory_lock(1)')
  await database.sql(`CREATE SCHEMA held;
    CREATE FUNCTION held.here() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); END';
    CREATE EVENT TRIGGER held ON ddl_command_end WHEN TAG IN ('${statement}') EXECUTE FUNCTION held.here()`)
  const activeQuery = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND wait_event_type = 'Lock' AND wait_event = 'advisory' AND query LIKE '${statement}%'`
  return { between: {}, statement, reached: (ended) => until(other.sql, activeQuery, ended) }
}

const waits = (beginning: string): string =>
  `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '${beginning}%'
    AND state LIKE 'Waiting for table metadata lock%'`

/** A table that is copied keeps its readers until the copy takes its place: then it waits for them. */
async function heldCopy(database: TestDatabase): Promise<Held> {
  await reading(database, 't')
  const otherClient = await otherSession(database.url)
  const statement = 'ALTER TABLE `t` MODIFY'
  return { between: {}, statement, reached: (ended) => until(otherClient.sql, waits(statement), ended) }
}

/**
 * An index is built beside readers, between two moments without any. One reader keeps the statement from its first moment, and a
 * second stands behind it: when the first goes, the statement begins its work, lets the second in and cannot end before him.
 */
async function heldIndex(database: TestDatabase): Promise<Held> {
  const otherClient = await otherSession(database.url)
  const second = await otherSession(database.url)
  let first: Awaited<ReturnType<typeof reading>> | undefined
  const between: Between = {
    beforeIndex: async () => {
      first = await reading(database, 't')
    },
  }
  const statement = 'ALTER TABLE `t` ADD KEY'
  const reached = async (ended: () => boolean): Promise<number> => {
    const id = await until(otherClient.sql, waits(statement), ended)
    await second.sql('START TRANSACTION')
    const inside = second.sql('SELECT * FROM t LIMIT 1')
    await until(otherClient.sql, waits('SELECT * FROM t'), ended)
    await first?.sql('COMMIT')
    await inside
    return id
  }
  return { between, statement, reached }
}

export function held(database: TestDatabase, work: HeldWork): Promise<Held> {
  if (familyOf(database.server) === 'postgres') return heldByTrigger(database, work)
  return work === 'the copy of a table' ? heldCopy(database) : heldIndex(database)
}
