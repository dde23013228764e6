import type { Capabilities } from '@org/migrate-core/dialect'

/** PGlite is PostgreSQL in WebAssembly, inside the process: DDL is part of the transaction. */
export const capabilities = Object.freeze({
  transactionalDdl: 'yes',
  // Nothing of this dialect has to run outside a transaction, so nothing has to be split.
  nonTransactional: 'single',
  storedTexts: 'rewritten',
  bindsViews: true,
  identifierLimit: Object.freeze({ length: 63, unit: 'bytes' }),
}) satisfies Capabilities
