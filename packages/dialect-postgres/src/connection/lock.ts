import { createHash } from 'node:crypto'
import type { LockHolder, RunLock } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'

/** The signed 64 bits that an advisory lock is known by, the same for every program that follows this rule. */
export function lockNumber(database: string, schema: string, key: string): bigint {
  const text = JSON.stringify(['@org/migrate', database, schema, key])
  return createHash('sha256').update(text).digest().readBigInt64BE(0)
}

type Halves = readonly [high: bigint, low: bigint]

/** https://www.postgresql.org/docs/current/view-pg-locks.html: a key of 64 bits shows as two halves, with objsubid 1. */
const holderSql = ([high, low]: Halves): string => `SELECT l.pid, a.usename, a.client_addr::text, a.application_name,
  to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.state, left(a.query, 80)
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.classid::bigint = ${high} AND l.objid::bigint = ${low}`

const ownSql = ([high, low]: Halves): string => `SELECT 1 FROM pg_catalog.pg_locks l
WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.pid = pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.classid::bigint = ${high} AND l.objid::bigint = ${low}`

/** An advisory lock of the session. It counts how often it was taken, so it is asked for only while we do not have it. */
export function runLock(connection: Connection, number: bigint): RunLock {
  let held = false
  const ask = async (what: string): Promise<boolean> => {
    // As a parameter it would take two round trips; without quotes the smallest number would be a numeric.
    const [row] = await connection.send(`SELECT pg_catalog.${what}('${number}'::bigint)`)
    return row?.[0] === 't'
  }
  const bits = BigInt.asUintN(64, number)
  const halves: Halves = [bits >> 32n, bits & 0xffffffffn]
  return {
    proof: 'exclusive',
    take: async () => {
      held ||= await ask('pg_try_advisory_lock')
      return held
    },
    heldSql: ownSql(halves),
    holds: async () => {
      const [row] = await connection.send(ownSql(halves))
      return row !== undefined
    },
    release: async () => {
      if (!held) return false
      held = false
      return ask('pg_advisory_unlock')
    },
    holder: async () => {
      const [row] = await connection.send(holderSql(halves))
      return row === undefined ? undefined : holderOf(row)
    },
  }
}

/** Of sessions of other roles a role without rights sees neither address nor start. */
function holderOf(row: readonly (string | null)[]): LockHolder {
  const [pid, user, address, program, since, state, query] = row.map((cell) => cell ?? '')
  const from = address === '' ? '' : `@${address?.replace(/\/(32|128)$/, '')}`
  const who = `connection ${pid}${user === '' ? '' : ` of ${user}${from}`}${program === '' ? '' : ` (${program})`}`
  const doing = state === 'active' ? (query ?? '').replace(/\s+/g, ' ') : state
  return {
    who,
    ...(since === '' || since === undefined ? {} : { since }),
    ...(doing === '' || doing === undefined ? {} : { doing }),
  }
}
