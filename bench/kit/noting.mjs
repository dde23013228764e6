// A dialect with a pencil: what the session of a run is asked, and how long the looks at the tables take.
import { sendable, spelled } from './spelling.mjs'

/**
 * @typedef {{ kind: 'begin' | 'commit' | 'sql' | 'read', sql?: string, params?: readonly unknown[] }} Noted
 * @returns {{ dialect: any, log: Noted[], reads: Noted[], look: { ms: number, count: number } }}
 */
export function noting(/** @type {any} */ dialect) {
  const numbered = dialect.name === 'postgres'
  const log = /** @type {Noted[]} */ ([])
  const reads = /** @type {Noted[]} */ ([])
  const look = { ms: 0, count: 0 }
  let looking = false
  const note = (/** @type {string} */ sql, /** @type {readonly unknown[]} */ params) => {
    const noted = { kind: /** @type {const} */ ('sql'), sql: spelled(sql, numbered), params: sendable(params) }
    if (looking) reads.push(noted)
    else log.push(noted)
  }
  const seen = new Map()
  const withPencil = (/** @type {any} */ of) => {
    const known = seen.get(of)
    if (known !== undefined) return known
    const made = {
      ...of,
      introspect: async (/** @type {any} */ session, /** @type {any} */ request) => {
        const started = performance.now()
        looking = true
        const model = await of.introspect(session, request)
        looking = false
        look.ms += performance.now() - started
        look.count += 1
        return model
      },
    }
    seen.set(of, made)
    return made
  }
  const noted = (/** @type {any} */ session, /** @type {typeof note} */ note) => ({
    get open() {
      return session.open
    },
    dialect: withPencil(session.dialect ?? dialect),
    query: (/** @type {string} */ sql, params = []) => {
      note(sql, params)
      return session.query(sql, params)
    },
    execute: (/** @type {string} */ sql, params = []) => {
      note(sql, params)
      return session.execute(sql, params)
    },
    begin: async (/** @type {any} */ options) => {
      log.push({ kind: 'begin' })
      const scope = await session.begin(options)
      const commit = () => {
        log.push({ kind: 'commit' })
        return scope.commit()
      }
      return { commit, rollback: () => scope.rollback() }
    },
    savepoint: (/** @type {any} */ body) => session.savepoint(body),
    runLock: (/** @type {string} */ key) => session.runLock(key),
    limit: (/** @type {any} */ limits) => session.limit(limits),
    ...(session.checkDeferred === undefined ? {} : { checkDeferred: () => session.checkDeferred() }),
    copy: (/** @type {any} */ ...how) => session.copy(...how),
    close: () => session.close(),
  })
  // What is read before the run begins is the plan's.
  const unless = (/** @type {string} */ sql, /** @type {readonly unknown[]} */ params) => {
    if (looking) note(sql, params)
  }
  const connect = async (/** @type {any} */ options) =>
    noted(await dialect.connect(options), options.purpose === 'run' ? note : unless)
  return { dialect: { ...dialect, connect }, log, reads, look }
}
