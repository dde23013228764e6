import type { Row, Waiting } from '@org/migrate-core/dialect'
import type { Flavour, Server } from '../flavour.ts'
import { numberOf } from './faults.ts'

/** What a server says of other servers that write to the same tables. */
export interface Cluster {
  /** Galera knows of nodes, this one counted; 0: it is not in use. */
  readonly galeraNodes: number
  /** Off: the node takes no statements, because it is not with the majority or is still being filled. */
  readonly galeraReady: boolean
  /** Group Replication, every member of which takes changes. */
  readonly multiPrimary: boolean
}

// Every user may read these tables, and a name that the server does not know gives no row. `replication_group_members` would
// say more, and needs a right of its own.
// https://mariadb.com/kb/en/galera-cluster-status-variables/
// https://dev.mysql.com/doc/refman/8.4/en/group-replication-system-variables.html

/**
 * The variables that the server has of these, as `name=value,name=value`. No GROUP_CONCAT: `group_concat_max_len`, which may be 4, would cut the
 * cluster off, and a session sets it only later.
 */
export const valuesSql = (variables: string, names: readonly string[]): string =>
  `CONCAT_WS(',', ${names
    .map(
      (name) => `(SELECT CONCAT(variable_name, '=', variable_value) FROM ${variables} WHERE variable_name = '${name}')`,
    )
    .join(', ')})`

const galera = (status: string): string => `${valuesSql(status, ['wsrep_cluster_size', 'wsrep_ready'])} AS galera`
const group = `${valuesSql('performance_schema.global_variables', [
  'group_replication_single_primary_mode',
  'group_replication_group_name',
])} AS replication`

/** Columns of the first query of a session; MariaDB runs the second comment only, MySQL (and clusters made of it) the first. */
export const clusterSql = `/*!80000 , ${galera('performance_schema.global_status')}, ${group} */ /*M! , ${galera('information_schema.global_status')} */`

function valuesIn(text: unknown): ReadonlyMap<string, string> {
  const pairs = typeof text === 'string' ? text.split(',').map((each) => each.split('=')) : []
  return new Map(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value]))
}

export function clusterIn(row: Row): Cluster {
  const status = valuesIn(row.galera)
  const replication = valuesIn(row.replication)
  const nodes = Number(status.get('wsrep_cluster_size') ?? 0)
  return {
    galeraNodes: nodes,
    galeraReady: nodes === 0 || status.get('wsrep_ready') !== 'OFF',
    multiPrimary:
      replication.get('group_replication_single_primary_mode') === 'OFF' &&
      replication.get('group_replication_group_name') !== '',
  }
}

/**
 * Why a named lock does not exclude other runs here. Its space of names is one node's: two nodes gave the same lock at the same time. A
 * cluster of one node counts, because the second may come back while a run is under way.
 */
export function whyLeased({ galeraNodes, multiPrimary }: Cluster): string | undefined {
  if (galeraNodes > 0) {
    const nodes = galeraNodes === 1 ? 'of one node, which others may join' : `of ${galeraNodes} nodes`
    return `it is a Galera cluster ${nodes}, and GET_LOCK is known to one node only`
  }
  if (multiPrimary)
    return 'every member of its replication group takes changes, and GET_LOCK is known to one member only'
  return undefined
}

/**
 * What is read has what any node has committed. And DDL goes to all nodes: a server that is set to RSU would change its own tables
 * only. https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait
 */
export function clusterSettings({ galeraNodes, multiPrimary }: Cluster, flavour: Flavour): readonly string[] {
  if (galeraNodes > 0) return ['wsrep_sync_wait = 15', "wsrep_OSU_method = 'TOI'"]
  return multiPrimary && flavour === 'mysql' ? ["group_replication_consistency = 'BEFORE_AND_AFTER'"] : []
}

/** A question that a node answers by itself, sent so that it does not first wait for what the others have written. */
export function withoutClusterWait(
  { cluster, server }: { readonly cluster: Cluster; readonly server: Server },
  sql: string,
): string {
  return cluster.galeraNodes > 0 && server.flavour === 'mariadb' ? `SET STATEMENT wsrep_sync_wait = 0 FOR ${sql}` : sql
}

const catchUpMs = 60_000

/**
 * Reads, again where the node had not caught up in time with what the others have written: DDL of any node keeps all of them
 * for as long as it takes, and after `repl.causal_read_timeout` (30 s) a read is answered with 1205.
 */
export async function caughtUp<T>({ galeraNodes }: Cluster, waiting: Waiting, read: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  for (;;) {
    try {
      return await read()
    } catch (error) {
      const waitedMs = Math.round(performance.now() - startedAt)
      if (galeraNodes === 0 || numberOf(error) !== 1205 || waitedMs >= (waiting.waitMs ?? catchUpMs)) throw error
      waiting.onWait?.(waitedMs)
    }
  }
}
