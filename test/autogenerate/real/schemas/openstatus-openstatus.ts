/*
 * The tables of github.com/openstatusHQ/openstatus, as its packages/db/src/schema declared them at
 * 22df52eb0dbdafbad2c3fa41269f7a3a3cbf044b (2026-08-21). Only the facts: names, types, keys, indexes, defaults; declared anew.
 */

export * from './openstatus-openstatus/account-to-integration.ts'
export * from './openstatus-openstatus/invitation-to-page-component-group.ts'
export * from './openstatus-openstatus/page-subscriber-to-workspace-sso-domain.ts'
