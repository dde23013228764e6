/** The same dialect without any lock: its sessions know of none, and there is no row for one. What the lock is for, and costs, shows beside it. */
export function unlocked(/** @type {any} */ dialect) {
  const { clock: _clock, ...sql } = dialect.sql
  const connection = {
    ...dialect.connection,
    connect: async (/** @type {any} */ options) => {
      const session = await dialect.connection.connect(options)
      const own = session.dialect === undefined ? undefined : unlocked(session.dialect)
      return new Proxy(session, {
        get: (target, name) => {
          if (name === 'runLock') return undefined
          if (name === 'dialect') return own
          const value = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
  return { ...dialect, sql, connection }
}
