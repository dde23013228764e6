/*
 * The tables of github.com/Dokploy/dokploy, as its packages/server/src/db/schema declared them at
 * 772b76821771c53b072c2fbb95cf8876e1a65ae4 (2026-08-21). Only the facts: names, types, keys, indexes, defaults; declared anew.
 */

export * from './dokploy-dokploy/account-to-backups.ts'
export * from './dokploy-dokploy/bitbucket-to-environments.ts'
export * from './dokploy-dokploy/forward-auth-settings-to-member.ts'
export * from './dokploy-dokploy/mongo-to-passkey.ts'
export * from './dokploy-dokploy/patch-to-security.ts'
export * from './dokploy-dokploy/server-to-web-server-settings.ts'
export * from './dokploy-dokploy/types.ts'
