// A dialect that records what the session of a run is sent.
import { sendable, spelled } from './spelling.mjs'

/**
 * @typedef {{ kind: 'begin' | 'commit' | 'sql' | 'read', sql?: string, params?: readonly unknown[] }} SessionCall
 * @returns {{ dialect: any, log: SessionCall[], reads: SessionCall[] }}
 */
export function recordingDialect(/** @type {any} */ dialect) {
  const numbered = dialect.name === 'postgres'
  const log = /** @type {SessionCall[]} */ ([])
  const reads = /** @type {SessionCall[]} */ ([])
  let isInspecting = false
  const record = (/** @type {string} */ sql, /** @type {readonly unknown[]} */ params) => {
    const call = { kind: /** @type {const} */ ('sql'), sql: spelled(sql, numbered), params: sendable(params) }
    if (isInspecting) reads.push(call)
    else log.push(call)
  }
  const wrappedDialects = new Map()
  const withRecording = (/** @type {any} */ of) => {
    const existing = wrappedDialects.get(of)
    if (existing !== undefined) return existing
    const wrapped = {
      ...of,
      introspection: {
        ...of.introspection,
        schema: async (/** @type {any} */ session, /** @type {any} */ request) => {
          isInspecting = true
          const model = await of.introspection.schema(session, request)
          isInspecting = false
          return model
        },
      },
    }
    wrappedDialects.set(of, wrapped)
    return wrapped
  }
  const recordedSession = (/** @type {any} */ session, /** @type {typeof record} */ send) => ({
    get isOpen() {
      return session.isOpen
    },
    dialect: withRecording(session.dialect ?? dialect),
    query: (/** @type {string} */ sql, params = []) => {
      send(sql, params)
      return session.query(sql, params)
    },
    execute: (/** @type {string} */ sql, params = []) => {
      send(sql, params)
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
  const recordInspection = (/** @type {string} */ sql, /** @type {readonly unknown[]} */ params) => {
    if (isInspecting) record(sql, params)
  }
  const connect = async (/** @type {any} */ options) =>
    recordedSession(await dialect.connection.connect(options), options.purpose === 'run' ? record : recordInspection)
  return { dialect: { ...dialect, connection: { ...dialect.connection, connect } }, log, reads }
}
