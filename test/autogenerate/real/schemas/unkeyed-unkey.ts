/*
 * The tables of github.com/unkeyed/unkey, as its web/internal/db/src/schema declared them at
 * fc99b6b925b9f455886832261883f4086eb64d3d (2026-08-21). Only the facts: names, types, keys, indexes, defaults; declared anew.
 * Its collations are those of MySQL 8, which MariaDB does not have.
 */

export * from './unkeyed-unkey/acme-challenges-to-deployment-steps.ts'
export * from './unkeyed-unkey/deployment-topology-to-keys-permissions.ts'
export * from './unkeyed-unkey/keys-roles-to-workspaces.ts'
export * from './unkeyed-unkey/types.ts'
