import { sql } from 'drizzle-orm'
import {
  type AnyMySqlColumn,
  bigint,
  boolean,
  datetime,
  float,
  index,
  int,
  json,
  longtext,
  mysqlTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { encryptedText, nanoId } from './types.ts'

export const signedBaas = mysqlTable(
  'signed_baas',
  {
    id: nanoId('id').primaryKey(),
    organizationId: nanoId('organizationId').notNull(),
    userId: nanoId('userId').notNull(),
    status: varchar('status', { length: 255 }).notNull().default('pending'),
    stripeSubscriptionId: varchar('stripeSubscriptionId', { length: 255 }),
    entityName: varchar('entityName', { length: 255 }).notNull(),
    entityType: varchar('entityType', { length: 255 }).notNull(),
    entityAddress: varchar('entityAddress', { length: 500 }).notNull(),
    signerName: varchar('signerName', { length: 255 }).notNull(),
    signerTitle: varchar('signerTitle', { length: 255 }).notNull(),
    noticesEmail: varchar('noticesEmail', { length: 255 }).notNull(),
    signatureData: longtext('signatureData').notNull(),
    signedAt: timestamp('signedAt'),
    emailSentAt: timestamp('emailSentAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    uniqueIndex('signed_baa_organization_id_idx').on(t.organizationId),
    index('signed_baa_stripe_subscription_idx').on(t.stripeSubscriptionId),
  ],
)

export const spaceMembers = mysqlTable(
  'space_members',
  {
    id: nanoId('id').primaryKey(),
    spaceId: nanoId('spaceId').notNull(),
    userId: nanoId('userId').notNull(),
    role: varchar('role', { length: 255 }).notNull().default('member'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [unique('space_id_user_id_unique').on(t.spaceId, t.userId), index('user_id_idx').on(t.userId)],
)

export const spaceVideos = mysqlTable(
  'space_videos',
  {
    id: nanoId('id').primaryKey(),
    spaceId: nanoId('spaceId').notNull(),
    folderId: nanoId('folderId'),
    videoId: nanoId('videoId').notNull(),
    addedById: nanoId('addedById').notNull(),
    addedAt: timestamp('addedAt').notNull().defaultNow(),
  },
  (t) => [
    index('folder_id_idx').on(t.folderId),
    index('video_id_idx').on(t.videoId),
    index('added_by_id_idx').on(t.addedById),
    index('space_id_video_id_idx').on(t.spaceId, t.videoId),
    index('space_id_folder_id_idx').on(t.spaceId, t.folderId),
  ],
)

export const spaces = mysqlTable(
  'spaces',
  {
    id: nanoId('id').primaryKey(),
    primary: boolean('primary').notNull().default(false),
    name: varchar('name', { length: 255 }).notNull(),
    organizationId: nanoId('organizationId').notNull(),
    createdById: nanoId('createdById').notNull(),
    iconUrl: varchar('iconUrl', { length: 255 }),
    description: varchar('description', { length: 1000 }),
    settings: json('settings'),
    password: encryptedText('password'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    privacy: varchar('privacy', { length: 255, enum: ['Public', 'Private'] })
      .notNull()
      .default('Private'),
    public: boolean('public').notNull().default(false),
  },
  (t) => [
    index('organization_id_idx').on(t.organizationId),
    index('created_by_id_idx').on(t.createdById),
    index('public_organization_id_idx').on(t.public, t.organizationId),
  ],
)

export const storageIntegrations = mysqlTable(
  'storage_integrations',
  {
    id: nanoId('id').primaryKey(),
    ownerId: nanoId('ownerId').notNull(),
    organizationId: nanoId('organizationId'),
    provider: varchar('provider', { length: 64 }).notNull(),
    displayName: varchar('displayName', { length: 255 }).notNull(),
    status: varchar('status', { length: 32 }).notNull().default('active'),
    active: boolean('active').notNull().default(false),
    encryptedConfig: encryptedText('encryptedConfig').notNull(),
    googleDriveAccessToken: encryptedText('googleDriveAccessToken'),
    googleDriveAccessTokenExpiresAt: timestamp('googleDriveAccessTokenExpiresAt'),
    googleDriveTokenRefreshLeaseId: varchar('googleDriveTokenRefreshLeaseId', { length: 64 }),
    googleDriveTokenRefreshLeaseExpiresAt: timestamp('googleDriveTokenRefreshLeaseExpiresAt'),
    googleDriveStorageQuotaCache: json('googleDriveStorageQuotaCache'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    index('owner_provider_idx').on(t.ownerId, t.provider),
    index('owner_active_idx').on(t.ownerId, t.active),
    index('organization_provider_idx').on(t.organizationId, t.provider),
    index('organization_active_idx').on(t.organizationId, t.active, t.status),
  ],
)

export const storageObjects = mysqlTable(
  'storage_objects',
  {
    id: nanoId('id').primaryKey(),
    integrationId: nanoId('integrationId')
      .notNull()
      .references((): AnyMySqlColumn => storageIntegrations.id, { onDelete: 'restrict' }),
    ownerId: nanoId('ownerId').notNull(),
    videoId: nanoId('videoId'),
    objectKey: text('objectKey').notNull(),
    objectKeyHash: varchar('objectKeyHash', { length: 64 }).notNull(),
    providerObjectId: varchar('providerObjectId', { length: 255 }).notNull(),
    uploadSessionUrl: encryptedText('uploadSessionUrl'),
    uploadStatus: varchar('uploadStatus', { length: 32 }).notNull().default('pending'),
    contentType: varchar('contentType', { length: 255 }),
    contentLength: bigint('contentLength', { mode: 'number', unsigned: true }),
    metadata: json('metadata'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    uniqueIndex('integration_key_hash_idx').on(t.integrationId, t.objectKeyHash),
    index('integration_status_idx').on(t.integrationId, t.uploadStatus),
    index('video_id_idx').on(t.videoId),
    index('owner_id_idx').on(t.ownerId),
  ],
)

export const users = mysqlTable(
  'users',
  {
    id: nanoId('id').primaryKey(),
    name: varchar('name', { length: 255 }),
    lastName: varchar('lastName', { length: 255 }),
    email: varchar('email', { length: 255 }).notNull(),
    emailVerified: timestamp('emailVerified'),
    image: varchar('image', { length: 255 }),
    stripeCustomerId: varchar('stripeCustomerId', { length: 255 }),
    stripeSubscriptionId: varchar('stripeSubscriptionId', { length: 255 }),
    thirdPartyStripeSubscriptionId: varchar('thirdPartyStripeSubscriptionId', { length: 255 }),
    stripeSubscriptionStatus: varchar('stripeSubscriptionStatus', { length: 255 }),
    stripeSubscriptionPriceId: varchar('stripeSubscriptionPriceId', { length: 255 }),
    preferences: json('preferences').default(null),
    activeOrganizationId: nanoId('activeOrganizationId'),
    created_at: timestamp('created_at').notNull().defaultNow(),
    updated_at: timestamp('updated_at').notNull().defaultNow().onUpdateNow(),
    onboardingSteps: json('onboardingSteps'),
    onboarding_completed_at: timestamp('onboarding_completed_at'),
    customBucket: nanoId('customBucket'),
    inviteQuota: int('inviteQuota').notNull().default(1),
    defaultOrgId: nanoId('defaultOrgId'),
    authSessionVersion: int('authSessionVersion').notNull().default(0),
  },
  (t) => [uniqueIndex('email_idx').on(t.email)],
)

export const verificationTokens = mysqlTable('verification_tokens', {
  identifier: varchar('identifier', { length: 255 }).primaryKey(),
  token: varchar('token', { length: 255 }).notNull().unique(),
  expires: datetime('expires').notNull(),
  created_at: timestamp('created_at').notNull().defaultNow(),
  updated_at: timestamp('updated_at').notNull().defaultNow().onUpdateNow(),
})

export const videoEdits = mysqlTable('video_edits', {
  videoId: nanoId('videoId')
    .primaryKey()
    .references((): AnyMySqlColumn => videos.id, { onDelete: 'cascade' }),
  sourceKey: varchar('sourceKey', { length: 512 }).notNull(),
  editSpec: json('editSpec').notNull(),
  createdAt: timestamp('createdAt').notNull().defaultNow(),
  updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
})

export const videoUploads = mysqlTable(
  'video_uploads',
  {
    videoId: nanoId('video_id').primaryKey(),
    uploaded: bigint('uploaded', { mode: 'number', unsigned: true })
      .notNull()
      .$defaultFn(() => 0),
    total: bigint('total', { mode: 'number', unsigned: true })
      .notNull()
      .$defaultFn(() => 0),
    startedAt: timestamp('started_at').notNull().defaultNow(),
    updatedAt: timestamp('updated_at').notNull().defaultNow(),
    mode: varchar('mode', { length: 255, enum: ['singlepart', 'multipart'] }),
    phase: varchar('phase', { length: 32 }).notNull().default('uploading'),
    processingProgress: int('processing_progress').notNull().default(0),
    processingMessage: varchar('processing_message', { length: 255 }),
    processingError: text('processing_error'),
    rawFileKey: varchar('raw_file_key', { length: 512 }),
  },
  (t) => [index('phase_updated_at_video_id_idx').on(t.phase, t.updatedAt, t.videoId)],
)

export const videos = mysqlTable(
  'videos',
  {
    id: nanoId('id').primaryKey(),
    ownerId: nanoId('ownerId').notNull(),
    orgId: varchar('orgId', { length: 15 }).notNull(),
    name: varchar('name', { length: 255 }).notNull().default('My Video'),
    bucket: nanoId('bucket'),
    storageIntegrationId: nanoId('storageIntegrationId').references((): AnyMySqlColumn => storageIntegrations.id, {
      onDelete: 'restrict',
    }),
    duration: float('duration'),
    width: int('width'),
    height: int('height'),
    fps: int('fps'),
    metadata: json('metadata'),
    public: boolean('public').notNull().default(true),
    settings: json('settings'),
    transcriptionStatus: varchar('transcriptionStatus', { length: 255 }),
    source: json('source').notNull().default({ type: 'MediaConvert' }),
    folderId: nanoId('folderId'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    effectiveCreatedAt: datetime('effectiveCreatedAt').generatedAlwaysAs(
      sql`COALESCE( STR_TO_DATE(JSON_UNQUOTE(JSON_EXTRACT(\`metadata\`, '$.customCreatedAt')), '%Y-%m-%dT%H:%i:%s.%fZ'), STR_TO_DATE(JSON_UNQUOTE(JSON_EXTRACT(\`metadata\`, '$.customCreatedAt')), '%Y-%m-%dT%H:%i:%sZ'), \`createdAt\` )`,
      { mode: 'stored' },
    ),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    password: encryptedText('password'),
    xStreamInfo: text('xStreamInfo'),
    firstViewEmailSentAt: timestamp('firstViewEmailSentAt'),
    isScreenshot: boolean('isScreenshot').notNull().default(false),
    awsRegion: varchar('awsRegion', { length: 255 }),
    awsBucket: varchar('awsBucket', { length: 255 }),
    videoStartTime: varchar('videoStartTime', { length: 255 }),
    audioStartTime: varchar('audioStartTime', { length: 255 }),
    jobId: varchar('jobId', { length: 255 }),
    jobStatus: varchar('jobStatus', { length: 255 }),
    skipProcessing: boolean('skipProcessing').notNull().default(false),
  },
  (t) => [
    index('owner_id_idx').on(t.ownerId),
    index('is_public_idx').on(t.public),
    index('folder_id_idx').on(t.folderId),
    index('storage_integration_id_idx').on(t.storageIntegrationId),
    index('org_owner_folder_idx').on(t.orgId, t.ownerId, t.folderId),
    index('org_effective_created_idx').on(t.orgId, t.effectiveCreatedAt),
  ],
)
