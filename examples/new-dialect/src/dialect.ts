import { apply, type Dialect, loadedItself, sql } from '@org/migrate-core/dialect'
import { normalise } from './canonicalise.ts'
import { capabilities } from './capabilities.ts'
import { compile } from './compile/compile.ts'
import type { Engine } from './engine.ts'
import { faultOf } from './faults.ts'
import { classify, grammar } from './grammar.ts'
import { introspect } from './introspect.ts'
import { quote } from './quote.ts'
import { PgliteSession } from './session.ts'
import { types } from './types.ts'
import { dialectName } from './unsupported.ts'

/**
 * A dialect that core knows nothing of, as an example: PGlite, PostgreSQL inside the process. `postgresDialect` has PGlite as a driver.
 *
 * ```ts
 * const migrator = createMigrator({ dialect: pgliteDialect(new Engine()), tiers })
 * ```
 */
export function pgliteDialect(engine: Engine): Dialect {
  return {
    name: dialectName,
    capabilities,
    types,
    sql: { quote, grammar, classify, portable: (text) => text },
    compiler: { table: compile },
    // The server keeps no text that has to be edited along.
    model: { apply, normalise },
    introspection: { schema: introspect },
    errors: { kindOf: faultOf },
    values: {
      byteLength: (column) => sql`octet_length(${column}::text)`,
      sameText: (one, other) => sql`(${one})::text COLLATE "C" = (${other})::text COLLATE "C"`,
      textDigest: (column) => sql`md5(${column})`,
    },
    connection: { database: 'pglite', connect: async () => new PgliteSession(engine) },
    // All its parts are loaded at once.
    load: loadedItself,
  }
}
