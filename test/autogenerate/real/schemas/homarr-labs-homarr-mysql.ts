/*
 * The tables of github.com/homarr-labs/homarr, as its packages/db/schema/mysql.ts declared them at
 * 464d98e124726f30c5f92ccf18a5ebff71e0cdd9 (2026-08-08). Only the facts: names, types, keys, indexes, defaults; declared anew.
 */

export * from './homarr-labs-homarr-mysql/accounts-to-integration-secrets.ts'
export * from './homarr-labs-homarr-mysql/integration-user-permissions-to-widget-secrets.ts'
export * from './homarr-labs-homarr-mysql/types.ts'
