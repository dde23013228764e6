import { randomUUID } from 'node:crypto'
import { customType, pgEnum } from 'drizzle-orm/pg-core'

export const applicationStatus = pgEnum('applicationStatus', ['idle', 'running', 'done', 'error'])

export const backupType = pgEnum('backupType', ['database', 'compose'])

export const buildType = pgEnum('buildType', [
  'dockerfile',
  'heroku_buildpacks',
  'paketo_buildpacks',
  'nixpacks',
  'static',
  'railpack',
])

export const certificateType = pgEnum('certificateType', ['letsencrypt', 'none', 'custom'])

export const composeType = pgEnum('composeType', ['docker-compose', 'stack'])

export const databaseType = pgEnum('databaseType', ['postgres', 'mariadb', 'mysql', 'mongo', 'web-server', 'libsql'])

export const deploymentStatus = pgEnum('deploymentStatus', ['running', 'done', 'error', 'cancelled'])

export const dnsProviderType = pgEnum('DnsProviderType', ['cloudflare', 'route53'])

export const domainType = pgEnum('domainType', ['compose', 'application', 'preview'])

export const gitProviderType = pgEnum('gitProviderType', ['github', 'gitlab', 'bitbucket', 'gitea'])

export const mountType = pgEnum('mountType', ['bind', 'volume', 'file'])

export const networkDriver = pgEnum('networkDriver', ['bridge', 'overlay'])

export const notificationType = pgEnum('notificationType', [
  'slack',
  'telegram',
  'discord',
  'email',
  'resend',
  'gotify',
  'ntfy',
  'mattermost',
  'pushover',
  'custom',
  'lark',
  'teams',
])

export const patchType = pgEnum('patchType', ['create', 'update', 'delete'])

export const protocolType = pgEnum('protocolType', ['tcp', 'udp'])

export const publishModeType = pgEnum('publishModeType', ['ingress', 'host'])

export const registryType = pgEnum('RegistryType', ['selfHosted', 'cloud'])

export const scheduleType = pgEnum('scheduleType', ['application', 'compose', 'server', 'dokploy-server'])

export const serverStatus = pgEnum('serverStatus', ['active', 'inactive'])

export const serverType = pgEnum('serverType', ['deploy', 'build'])

export const serviceType = pgEnum('serviceType', [
  'application',
  'postgres',
  'mysql',
  'mariadb',
  'mongo',
  'redis',
  'compose',
  'libsql',
])

export const shellTypes = pgEnum('shellType', ['bash', 'sh'])

export const sourceType = pgEnum('sourceType', ['docker', 'git', 'github', 'gitlab', 'bitbucket', 'gitea', 'drop'])

export const sourceTypeCompose = pgEnum('sourceTypeCompose', ['git', 'github', 'gitlab', 'bitbucket', 'gitea', 'raw'])

export const sqldNode = pgEnum('sqldNode', ['primary', 'replica'])

export const triggerType = pgEnum('triggerType', ['push', 'tag'])

export const vaultProviderType = pgEnum('VaultProviderType', [
  'hashicorp',
  'infisical',
  'aws',
  'doppler',
  'azure',
  'scaleway',
])

/** Encrypts what the application writes, each time to another text; nothing stays nothing. */
export const encryptedText = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => (value === '' ? '' : `encrypted:${randomUUID()}`),
})
