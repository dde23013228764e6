import type { Session, UnloadedDialect } from '@org/migrate-core/dialect'

/** The dialect as it is, with every text that goes to the database written down. */
export function counting(dialect: UnloadedDialect, statements: string[]): UnloadedDialect {
  return {
    ...dialect,
    connection: {
      ...dialect.connection,
      connect: async (options) => {
        const session = await dialect.connection.connect(options)
        return new Proxy(session, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name, target)
            if (typeof value !== 'function') return value
            return (...args: unknown[]): unknown => {
              if ((name === 'query' || name === 'execute') && typeof args[0] === 'string') statements.push(args[0])
              return Reflect.apply(value, target, args)
            }
          },
        }) as Session
      },
    },
  }
}
