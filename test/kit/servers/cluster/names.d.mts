import type { ServerName } from '../names.mjs'

export type ClusterName = 'pgbouncer' | 'galera'
export const clusterNames: readonly ClusterName[]
export const clusterVariables: { readonly [N in ClusterName]: readonly string[] }
export const serversOf: { readonly [N in ClusterName]: readonly ServerName[] }
