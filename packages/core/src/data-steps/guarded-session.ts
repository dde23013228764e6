import type { Session } from '../dialect/session.ts'

/** The same session, which `check` may refuse right before anything is sent. */
export function guardedSession(session: Session, check: (what: string) => void): Session {
  return {
    get isOpen() {
      return session.isOpen
    },
    async query(sql, params) {
      check(sql)
      return session.query(sql, params)
    },
    async execute(sql, params) {
      check(sql)
      return session.execute(sql, params)
    },
    begin: (options) => session.begin(options),
    async savepoint(body) {
      check('savepoint')
      return session.savepoint(body)
    },
    copy: (copy, options) => session.copy(copy, options),
    close: () => session.close(),
  }
}
