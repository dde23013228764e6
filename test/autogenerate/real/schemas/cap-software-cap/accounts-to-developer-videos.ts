import {
  type AnyMySqlColumn,
  bigint,
  boolean,
  float,
  foreignKey,
  index,
  int,
  json,
  mysqlTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { encryptedText, nanoId } from './types.ts'

export const accounts = mysqlTable(
  'accounts',
  {
    id: nanoId('id').primaryKey(),
    userId: nanoId('userId').notNull(),
    type: varchar('type', { length: 255 }).notNull(),
    provider: varchar('provider', { length: 255 }).notNull(),
    providerAccountId: varchar('providerAccountId', { length: 255 }).notNull(),
    access_token: text('access_token'),
    expires_in: int('expires_in'),
    id_token: text('id_token'),
    refresh_token: text('refresh_token'),
    refresh_token_expires_in: int('refresh_token_expires_in'),
    scope: varchar('scope', { length: 255 }),
    token_type: varchar('token_type', { length: 255 }),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    tempColumn: text('tempColumn'),
  },
  (t) => [index('user_id_idx').on(t.userId), index('provider_account_id_idx').on(t.providerAccountId)],
)

export const agentApiAuthorizationCodes = mysqlTable(
  'agent_api_authorization_codes',
  {
    id: nanoId('id').primaryKey(),
    userId: nanoId('userId').notNull(),
    codeHash: varchar('codeHash', { length: 64 }).notNull(),
    codeChallenge: varchar('codeChallenge', { length: 64 }).notNull(),
    redirectUri: varchar('redirectUri', { length: 512 }).notNull(),
    scopes: json('scopes').notNull(),
    expiresAt: timestamp('expiresAt').notNull(),
    consumedAt: timestamp('consumedAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('code_hash_idx').on(t.codeHash),
    index('expires_at_idx').on(t.expiresAt),
    index('user_created_at_idx').on(t.userId, t.createdAt),
  ],
)

export const agentApiIdempotency = mysqlTable(
  'agent_api_idempotency',
  {
    id: nanoId('id').primaryKey(),
    userId: nanoId('userId').notNull(),
    operation: varchar('operation', { length: 64 }).notNull(),
    keyHash: varchar('keyHash', { length: 64 }).notNull(),
    requestHash: varchar('requestHash', { length: 64 }).notNull(),
    state: varchar('state', { length: 16, enum: ['pending', 'complete'] })
      .notNull()
      .default('pending'),
    statusCode: int('statusCode'),
    response: json('response'),
    expiresAt: timestamp('expiresAt').notNull(),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    uniqueIndex('user_operation_key_idx').on(t.userId, t.operation, t.keyHash),
    index('expires_at_idx').on(t.expiresAt),
  ],
)

export const agentApiKeys = mysqlTable(
  'agent_api_keys',
  {
    id: nanoId('id').primaryKey(),
    userId: nanoId('userId').notNull(),
    tokenHash: varchar('tokenHash', { length: 64 }).notNull(),
    name: varchar('name', { length: 100 }).notNull().default('Cap CLI'),
    scopes: json('scopes').notNull(),
    expiresAt: timestamp('expiresAt').notNull(),
    revokedAt: timestamp('revokedAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    lastUsedAt: timestamp('lastUsedAt'),
  },
  (t) => [
    uniqueIndex('token_hash_idx').on(t.tokenHash),
    index('user_created_at_idx').on(t.userId, t.createdAt),
    index('expires_at_idx').on(t.expiresAt),
  ],
)

export const agentApiOperations = mysqlTable(
  'agent_api_operations',
  {
    id: nanoId('id').primaryKey(),
    userId: nanoId('userId').notNull(),
    kind: varchar('kind', { length: 32 }).notNull(),
    resourceId: nanoId('resourceId').notNull(),
    resultResourceId: nanoId('resultResourceId'),
    state: varchar('state', { length: 16, enum: ['queued', 'running', 'succeeded', 'failed'] })
      .notNull()
      .default('queued'),
    payload: json('payload').notNull(),
    result: json('result'),
    errorCode: varchar('errorCode', { length: 64 }),
    errorMessage: text('errorMessage'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    completedAt: timestamp('completedAt'),
  },
  (t) => [
    index('user_created_at_idx').on(t.userId, t.createdAt),
    index('state_updated_at_idx').on(t.state, t.updatedAt),
    index('resource_id_idx').on(t.resourceId),
  ],
)

export const authApiKeys = mysqlTable(
  'auth_api_keys',
  {
    id: varchar('id', { length: 36 }).primaryKey(),
    userId: nanoId('userId').notNull(),
    source: varchar('source', { length: 32 }).notNull().default('unknown'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [index('user_id_created_at_idx').on(t.userId, t.createdAt)],
)

export const comments = mysqlTable(
  'comments',
  {
    id: nanoId('id').primaryKey(),
    type: varchar('type', { length: 6, enum: ['emoji', 'text', 'video', 'audio'] }).notNull(),
    content: text('content').notNull(),
    timestamp: float('timestamp'),
    authorId: nanoId('authorId').notNull(),
    videoId: nanoId('videoId').notNull(),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    parentCommentId: nanoId('parentCommentId'),
    mediaKey: varchar('mediaKey', { length: 512 }),
    mediaDuration: float('mediaDuration'),
    mediaMeta: json('mediaMeta'),
  },
  (t) => [
    index('video_type_created_idx').on(t.videoId, t.type, t.createdAt, t.id),
    index('author_id_idx').on(t.authorId),
    index('parent_comment_id_idx').on(t.parentCommentId),
  ],
)

export const developerApiKeys = mysqlTable(
  'developer_api_keys',
  {
    id: nanoId('id').primaryKey(),
    appId: nanoId('appId')
      .notNull()
      .references((): AnyMySqlColumn => developerApps.id),
    keyType: varchar('keyType', { length: 8, enum: ['public', 'secret'] }).notNull(),
    keyPrefix: varchar('keyPrefix', { length: 12 }).notNull(),
    keyHash: varchar('keyHash', { length: 64 }).notNull(),
    encryptedKey: encryptedText('encryptedKey').notNull(),
    lastUsedAt: timestamp('lastUsedAt'),
    revokedAt: timestamp('revokedAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('key_hash_idx').on(t.keyHash), index('app_key_type_idx').on(t.appId, t.keyType)],
)

export const developerAppDomains = mysqlTable(
  'developer_app_domains',
  {
    id: nanoId('id').primaryKey(),
    appId: nanoId('appId')
      .notNull()
      .references((): AnyMySqlColumn => developerApps.id),
    domain: varchar('domain', { length: 253 }).notNull(),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [unique('app_domain_unique').on(t.appId, t.domain)],
)

export const developerApps = mysqlTable(
  'developer_apps',
  {
    id: nanoId('id').primaryKey(),
    ownerId: nanoId('ownerId').notNull(),
    name: varchar('name', { length: 255 }).notNull(),
    environment: varchar('environment', { length: 16, enum: ['development', 'production'] }).notNull(),
    logoUrl: varchar('logoUrl', { length: 1024 }),
    deletedAt: timestamp('deletedAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [index('owner_deleted_idx').on(t.ownerId, t.deletedAt)],
)

export const developerCreditAccounts = mysqlTable(
  'developer_credit_accounts',
  {
    id: nanoId('id').primaryKey(),
    appId: nanoId('appId')
      .notNull()
      .references((): AnyMySqlColumn => developerApps.id),
    ownerId: nanoId('ownerId').notNull(),
    balanceMicroCredits: bigint('balanceMicroCredits', { mode: 'number', unsigned: true }).notNull().default(0),
    stripeCustomerId: varchar('stripeCustomerId', { length: 255 }),
    stripePaymentMethodId: varchar('stripePaymentMethodId', { length: 255 }),
    autoTopUpEnabled: boolean('autoTopUpEnabled').notNull().default(false),
    autoTopUpThresholdMicroCredits: bigint('autoTopUpThresholdMicroCredits', { mode: 'number', unsigned: true })
      .notNull()
      .default(0),
    autoTopUpAmountCents: int('autoTopUpAmountCents').notNull().default(0),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [uniqueIndex('app_id_unique').on(t.appId)],
)

export const developerCreditTransactions = mysqlTable(
  'developer_credit_transactions',
  {
    id: nanoId('id').primaryKey(),
    accountId: nanoId('accountId').notNull(),
    type: varchar('type', {
      length: 16,
      enum: ['topup', 'video_create', 'storage_daily', 'refund', 'adjustment'],
    }).notNull(),
    amountMicroCredits: bigint('amountMicroCredits', { mode: 'number' }).notNull(),
    balanceAfterMicroCredits: bigint('balanceAfterMicroCredits', { mode: 'number', unsigned: true }).notNull(),
    referenceId: varchar('referenceId', { length: 255 }),
    referenceType: varchar('referenceType', {
      length: 32,
      enum: ['developer_video', 'stripe_payment_intent', 'manual'],
    }),
    metadata: json('metadata'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [
    index('account_type_created_idx').on(t.accountId, t.type, t.createdAt),
    index('account_ref_dedup_idx').on(t.accountId, t.referenceId, t.referenceType),
    foreignKey({
      name: 'dev_credit_txn_account_fk',
      columns: [t.accountId],
      foreignColumns: [developerCreditAccounts.id],
    }),
  ],
)

export const developerDailyStorageSnapshots = mysqlTable(
  'developer_daily_storage_snapshots',
  {
    id: nanoId('id').primaryKey(),
    appId: nanoId('appId')
      .notNull()
      .references((): AnyMySqlColumn => developerApps.id),
    snapshotDate: varchar('snapshotDate', { length: 10 }).notNull(),
    totalDurationMinutes: float('totalDurationMinutes').notNull().default(0),
    videoCount: int('videoCount').notNull().default(0),
    microCreditsCharged: bigint('microCreditsCharged', { mode: 'number', unsigned: true }).notNull().default(0),
    processedAt: timestamp('processedAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [unique('app_date_unique').on(t.appId, t.snapshotDate)],
)

export const developerVideos = mysqlTable(
  'developer_videos',
  {
    id: nanoId('id').primaryKey(),
    appId: nanoId('appId')
      .notNull()
      .references((): AnyMySqlColumn => developerApps.id),
    externalUserId: varchar('externalUserId', { length: 255 }),
    name: varchar('name', { length: 255 }).notNull().default('Untitled'),
    duration: float('duration'),
    width: int('width'),
    height: int('height'),
    fps: int('fps'),
    s3Key: varchar('s3Key', { length: 512 }),
    transcriptionStatus: varchar('transcriptionStatus', {
      length: 16,
      enum: ['PROCESSING', 'COMPLETE', 'ERROR', 'SKIPPED', 'NO_AUDIO'],
    }),
    metadata: json('metadata'),
    deletedAt: timestamp('deletedAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    index('app_created_idx').on(t.appId, t.createdAt),
    index('app_user_idx').on(t.appId, t.externalUserId),
    index('app_deleted_idx').on(t.appId, t.deletedAt),
  ],
)
