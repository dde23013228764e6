/*
 * The tables of github.com/CapSoftware/Cap, as its packages/database/schema.ts declared them at
 * 0ce9e67516b14449c4263c0b173c85c40f30421b (2026-08-20). Only the facts: names, types, keys, indexes, defaults; declared anew.
 * MariaDB does not take its computed column: what STR_TO_DATE gives depends on the language of the session there.
 */

export * from './cap-software-cap/accounts-to-developer-videos.ts'
export * from './cap-software-cap/folders-to-shared-videos.ts'
export * from './cap-software-cap/signed-baas-to-videos.ts'
export * from './cap-software-cap/types.ts'
