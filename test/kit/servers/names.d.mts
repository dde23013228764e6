export const serverNames: readonly ['postgres', 'mariadb', 'mysql', 'postgres-next', 'mariadb-next']
export type ServerName = (typeof serverNames)[number]
export const variables: { readonly [N in ServerName]: string }
export const sources: readonly string[]
export function namedServers(text: string): readonly ServerName[]
export function allowedSources(text?: string): readonly string[]
