import {
  type AnyMySqlColumn,
  boolean,
  datetime,
  foreignKey,
  index,
  json,
  mysqlTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { encryptedText, nanoId } from './types.ts'

export const folders = mysqlTable(
  'folders',
  {
    id: nanoId('id').primaryKey(),
    name: varchar('name', { length: 255 }).notNull(),
    color: varchar('color', { length: 16, enum: ['normal', 'blue', 'red', 'yellow'] })
      .notNull()
      .default('normal'),
    public: boolean('public').notNull().default(false),
    settings: json('settings'),
    organizationId: nanoId('organizationId').notNull(),
    createdById: nanoId('createdById').notNull(),
    parentId: nanoId('parentId'),
    spaceId: nanoId('spaceId'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    index('organization_id_idx').on(t.organizationId),
    index('created_by_id_idx').on(t.createdById),
    index('parent_id_idx').on(t.parentId),
    index('space_id_idx').on(t.spaceId),
    index('public_parent_id_idx').on(t.public, t.parentId),
    index('public_space_parent_id_idx').on(t.public, t.spaceId, t.parentId),
  ],
)

export const importedVideos = mysqlTable(
  'imported_videos',
  {
    id: nanoId('id').notNull(),
    orgId: nanoId('orgId').notNull(),
    source: varchar('source', { length: 255, enum: ['loom'] }).notNull(),
    sourceId: varchar('source_id', { length: 255 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.source, t.sourceId] })],
)

export const integrationInstallations = mysqlTable(
  'integration_installations',
  {
    id: nanoId('id').primaryKey(),
    provider: varchar('provider', { length: 64 }).notNull(),
    externalId: varchar('externalId', { length: 255 }).notNull(),
    displayName: varchar('displayName', { length: 255 }).notNull(),
    organizationId: nanoId('organizationId').notNull(),
    installedByUserId: nanoId('installedByUserId').notNull(),
    encryptedCredentials: encryptedText('encryptedCredentials').notNull(),
    metadata: json('metadata').notNull(),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    uniqueIndex('provider_external_id_idx').on(t.provider, t.externalId),
    index('organization_provider_display_name_idx').on(t.organizationId, t.provider, t.displayName),
  ],
)

export const messengerConversations = mysqlTable(
  'messenger_conversations',
  {
    id: nanoId('id').primaryKey(),
    agent: varchar('agent', { length: 32, enum: ['Millie'] }).notNull(),
    mode: varchar('mode', { length: 16, enum: ['agent', 'human'] })
      .notNull()
      .default('agent'),
    userId: nanoId('userId'),
    anonymousId: varchar('anonymousId', { length: 64 }),
    takeoverByUserId: nanoId('takeoverByUserId'),
    takeoverAt: timestamp('takeoverAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    lastMessageAt: timestamp('lastMessageAt').notNull().defaultNow(),
  },
  (t) => [
    index('user_last_message_idx').on(t.userId, t.lastMessageAt),
    index('anonymous_last_message_idx').on(t.anonymousId, t.lastMessageAt),
    index('mode_last_message_idx').on(t.mode, t.lastMessageAt),
    index('updated_at_idx').on(t.updatedAt),
  ],
)

export const messengerMessages = mysqlTable(
  'messenger_messages',
  {
    id: nanoId('id').primaryKey(),
    conversationId: nanoId('conversationId')
      .notNull()
      .references((): AnyMySqlColumn => messengerConversations.id, { onDelete: 'cascade' }),
    role: varchar('role', { length: 16, enum: ['user', 'agent', 'admin'] }).notNull(),
    content: text('content').notNull(),
    userId: nanoId('userId'),
    anonymousId: varchar('anonymousId', { length: 64 }),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [
    index('conversation_created_at_idx').on(t.conversationId, t.createdAt),
    index('role_created_at_idx').on(t.role, t.createdAt),
  ],
)

export const messengerSupportEmails = mysqlTable(
  'messenger_support_emails',
  {
    id: nanoId('id').primaryKey(),
    conversationId: nanoId('conversationId').notNull(),
    userId: nanoId('userId').notNull(),
    userEmail: varchar('userEmail', { length: 255 }).notNull(),
    subject: varchar('subject', { length: 255 }).notNull(),
    message: text('message').notNull(),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [
    index('support_email_user_created_at_idx').on(t.userId, t.createdAt),
    index('support_email_conversation_created_at_idx').on(t.conversationId, t.createdAt),
    foreignKey({
      name: 'support_email_conversation_fk',
      columns: [t.conversationId],
      foreignColumns: [messengerConversations.id],
    }).onDelete('cascade'),
  ],
)

export const notifications = mysqlTable(
  'notifications',
  {
    id: nanoId('id').primaryKey(),
    orgId: nanoId('orgId').notNull(),
    recipientId: nanoId('recipientId').notNull(),
    type: varchar('type', { length: 16 }).notNull(),
    data: json('data').notNull(),
    videoId: varchar('videoId', { length: 50 }),
    dedupKey: varchar('dedupKey', { length: 128 }),
    readAt: timestamp('readAt'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
  },
  (t) => [
    index('org_id_idx').on(t.orgId),
    index('type_idx').on(t.type),
    index('read_at_idx').on(t.readAt),
    index('created_at_idx').on(t.createdAt),
    index('recipient_read_idx').on(t.recipientId, t.readAt),
    index('recipient_created_idx').on(t.recipientId, t.createdAt),
    uniqueIndex('dedup_key_idx').on(t.dedupKey),
    index('type_recipient_created_idx').on(t.type, t.recipientId, t.createdAt),
    index('type_recipient_video_created_idx').on(t.type, t.recipientId, t.videoId, t.createdAt),
  ],
)

export const organizationInvites = mysqlTable(
  'organization_invites',
  {
    id: nanoId('id').primaryKey(),
    organizationId: nanoId('organizationId').notNull(),
    invitedEmail: varchar('invitedEmail', { length: 255 }).notNull(),
    invitedByUserId: nanoId('invitedByUserId').notNull(),
    role: varchar('role', { length: 255 }).notNull(),
    status: varchar('status', { length: 255 }).notNull().default('pending'),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    expiresAt: timestamp('expiresAt'),
  },
  (t) => [
    index('organization_id_idx').on(t.organizationId),
    index('invited_email_idx').on(t.invitedEmail),
    index('invited_by_user_id_idx').on(t.invitedByUserId),
    index('status_idx').on(t.status),
  ],
)

export const organizationMembers = mysqlTable(
  'organization_members',
  {
    id: nanoId('id').primaryKey(),
    userId: nanoId('userId').notNull(),
    organizationId: nanoId('organizationId').notNull(),
    role: varchar('role', { length: 255 }).notNull(),
    hasProSeat: boolean('hasProSeat').notNull().default(false),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    index('organization_id_idx').on(t.organizationId),
    index('user_id_organization_id_idx').on(t.userId, t.organizationId),
  ],
)

export const organizations = mysqlTable(
  'organizations',
  {
    id: nanoId('id').primaryKey(),
    name: varchar('name', { length: 255 }).notNull(),
    ownerId: nanoId('ownerId').notNull(),
    metadata: json('metadata'),
    tombstoneAt: timestamp('tombstoneAt'),
    allowedEmailDomain: varchar('allowedEmailDomain', { length: 255 }),
    customDomain: varchar('customDomain', { length: 255 }),
    domainVerified: timestamp('domainVerified'),
    settings: json('settings'),
    iconUrl: varchar('iconUrl', { length: 1024 }),
    shareableLinkIconUrl: varchar('shareableLinkIconUrl', { length: 1024 }),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
    workosOrganizationId: varchar('workosOrganizationId', { length: 255 }),
    workosConnectionId: varchar('workosConnectionId', { length: 255 }),
  },
  (t) => [index('owner_id_tombstone_idx').on(t.ownerId, t.tombstoneAt), index('custom_domain_idx').on(t.customDomain)],
)

export const s3Buckets = mysqlTable(
  's3_buckets',
  {
    id: nanoId('id').primaryKey(),
    ownerId: nanoId('ownerId').notNull(),
    organizationId: nanoId('organizationId'),
    region: encryptedText('region').notNull(),
    endpoint: encryptedText('endpoint'),
    bucketName: encryptedText('bucketName').notNull(),
    accessKeyId: encryptedText('accessKeyId').notNull(),
    secretAccessKey: encryptedText('secretAccessKey').notNull(),
    provider: text('provider').notNull().default('aws'),
    active: boolean('active').notNull().default(true),
    createdAt: timestamp('createdAt').notNull().defaultNow(),
    updatedAt: timestamp('updatedAt').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [
    index('owner_organization_idx').on(t.ownerId, t.organizationId),
    index('organization_id_idx').on(t.organizationId),
    index('organization_active_idx').on(t.organizationId, t.active, t.updatedAt),
  ],
)

export const sessions = mysqlTable(
  'sessions',
  {
    id: nanoId('id').primaryKey(),
    sessionToken: varchar('sessionToken', { length: 255 }).notNull(),
    userId: nanoId('userId').notNull(),
    expires: datetime('expires').notNull(),
    created_at: timestamp('created_at').notNull().defaultNow(),
    updated_at: timestamp('updated_at').notNull().defaultNow().onUpdateNow(),
  },
  (t) => [uniqueIndex('session_token_idx').on(t.sessionToken), index('user_id_idx').on(t.userId)],
)

export const sharedVideos = mysqlTable(
  'shared_videos',
  {
    id: nanoId('id').primaryKey(),
    videoId: nanoId('videoId').notNull(),
    folderId: nanoId('folderId'),
    organizationId: nanoId('organizationId').notNull(),
    sharedByUserId: nanoId('sharedByUserId').notNull(),
    sharedAt: timestamp('sharedAt').notNull().defaultNow(),
  },
  (t) => [
    index('folder_id_idx').on(t.folderId),
    index('organization_id_idx').on(t.organizationId),
    index('shared_by_user_id_idx').on(t.sharedByUserId),
    index('video_id_organization_id_idx').on(t.videoId, t.organizationId),
    index('video_id_folder_id_idx').on(t.videoId, t.folderId),
  ],
)
