// What stands before servers or is made of several, and where its tests are told of it.

/** @typedef {'pgbouncer' | 'galera'} ClusterName */

/** The variables of each, the first of which says that it is there. */
/** @type {{ readonly [N in ClusterName]: readonly string[] }} */
export const clusterVariables = {
  pgbouncer: [
    'TEST_PGBOUNCER_URL',
    'TEST_PGBOUNCER_SESSION_URL',
    'TEST_PGBOUNCER_STATEMENT_URL',
    'TEST_PGBOUNCER_RESTARTED_URL',
  ],
  galera: ['TEST_GALERA_URLS'],
}

/** @type {readonly ClusterName[]} */
export const clusterNames = ['pgbouncer', 'galera']

/** @type {{ readonly [N in ClusterName]: readonly import('../names.mjs').ServerName[] }} The servers that it needs. */
export const serversOf = { pgbouncer: ['postgres'], galera: ['mariadb'] }
