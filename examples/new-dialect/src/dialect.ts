import { apply } from '@org/migrate-core'
import { type Dialect, sql } from '@org/migrate-core/dialect'
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
 * A dialect that core knows nothing of: PGlite, PostgreSQL inside the process.
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
    quote,
    compile,
    // Each operation is compiled by itself.
    batchSize: () => 1,
    compileBatch: (operations) => operations.flatMap((at) => compile[at.operation.kind](at as never)),
    // The server keeps no text that has to be edited along.
    applyToModel: apply,
    normalise,
    introspect,
    faultOf,
    classify,
    grammar,
    portable: (text) => text,
    byteLength: (column) => sql`octet_length(${column}::text)`,
    sameText: (one, other) => sql`(${one})::text COLLATE "C" = (${other})::text COLLATE "C"`,
    textDigest: (column) => sql`md5(${column})`,
    // No hidden column tells rows apart for longer than a statement.
    rowIdentity: () => undefined,
    database: 'pglite',
    connect: async () => new PgliteSession(engine),
  }
}
