/** The schema in the words of one database, before and after. */
export interface StoryTexts {
  readonly before: string
  readonly after: string
  /** What the first revision says of itself, and the second. */
  readonly first: readonly string[]
  readonly second: readonly string[]
  /** Whose the values of an enum are: the database's own, or TypeScript's alone. */
  readonly values: 'its own' | "TypeScript's"
  /** What stands once both have run. */
  readonly objects: readonly string[]
}

export const sqlite: StoryTexts = {
  before: `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const users = sqliteTable('users', {
  id: integer('id').primaryKey(),
  mail: text('mail').notNull().unique(),
  mood: text('mood', { enum: ['ok', 'sad'] }).notNull().default('ok'),
})
export const posts = sqliteTable('posts', {
  id: integer('id').primaryKey(),
  author: integer('author').notNull(),
  title: text('title').notNull(),
})
export const drafts = sqliteTable('drafts', { id: integer('id').primaryKey(), body: text('body') })
`,
  after: `import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const users = sqliteTable('users', {
  id: integer('id').primaryKey(),
  email: text('email').notNull().unique(),
  mood: text('mood', { enum: ['ok', 'sad', 'happy'] }).notNull().default('ok'),
  country: text('country').notNull(),
})
export const posts = sqliteTable(
  'posts',
  {
    id: integer('id').primaryKey(),
    author: integer('author').notNull().references(() => users.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
  },
  (t) => [index('posts_by_title').on(t.title)],
)
`,
  first: ['create table drafts', 'create table posts', 'create table users'],
  values: "TypeScript's",
  second: [
    'drop table drafts (destructive)',
    'expect no rows of posts whose author is not in users (id)',
    'rename column users.mail to email',
    'rename index users_mail_unique of users to users_email_unique',
    'add column users.country',
    'fill users.country',
    'change column users.country: not null',
    'create index posts_by_title on posts',
    'add foreign key (author) to posts',
  ],
  objects: ['posts', 'posts_by_title', 'users', 'users_email_unique'],
}

export const postgres: StoryTexts = {
  before: `import { integer, pgEnum, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'
export const mood = pgEnum('mood', ['ok', 'sad'])
export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  mail: varchar('mail', { length: 120 }).notNull().unique(),
  mood: mood('mood').notNull().default('ok'),
})
export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  author: integer('author').notNull(),
  title: text('title').notNull(),
})
export const drafts = pgTable('drafts', { id: serial('id').primaryKey(), body: text('body') })
`,
  after: `import { index, integer, pgEnum, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'
export const mood = pgEnum('mood', ['ok', 'sad', 'happy'])
export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  email: varchar('email', { length: 120 }).notNull().unique(),
  mood: mood('mood').notNull().default('ok'),
  country: varchar('country', { length: 2 }).notNull(),
})
export const posts = pgTable(
  'posts',
  {
    id: serial('id').primaryKey(),
    author: integer('author').notNull().references(() => users.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
  },
  (t) => [index('posts_by_title').on(t.title)],
)
`,
  values: 'its own',
  first: ['create enum mood', 'create table drafts', 'create table posts', 'create table users'],
  second: [
    'drop table drafts (destructive)',
    'expect no rows of posts whose author is not in users (id)',
    'rename column users.mail to email',
    "change enum mood: add 'happy'",
    'rename constraint users_mail_unique of users to users_email_unique',
    'add column users.country',
    'fill users.country',
    'change column users.country: not null',
    'create index posts_by_title on posts',
    'add foreign key posts_author_users_id_fk to posts',
  ],
  objects: [
    'mood',
    'posts',
    'posts_by_title',
    'posts_id_seq',
    'posts_pkey',
    'users',
    'users_email_unique',
    'users_id_seq',
    'users_pkey',
  ],
}

export const mysql: StoryTexts = {
  before: `import { int, mysqlEnum, mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'
export const users = mysqlTable('users', {
  id: int('id').autoincrement().primaryKey(),
  mail: varchar('mail', { length: 120 }).notNull().unique(),
  mood: mysqlEnum('mood', ['ok', 'sad']).notNull().default('ok'),
})
export const posts = mysqlTable('posts', {
  id: int('id').autoincrement().primaryKey(),
  author: int('author').notNull(),
  title: varchar('title', { length: 80 }).notNull(),
})
export const drafts = mysqlTable('drafts', { id: int('id').autoincrement().primaryKey(), body: text('body') })
`,
  after: `import { index, int, mysqlEnum, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
export const users = mysqlTable('users', {
  id: int('id').autoincrement().primaryKey(),
  email: varchar('email', { length: 120 }).notNull().unique(),
  mood: mysqlEnum('mood', ['ok', 'sad', 'happy']).notNull().default('ok'),
  country: varchar('country', { length: 2 }).notNull(),
})
export const posts = mysqlTable(
  'posts',
  {
    id: int('id').autoincrement().primaryKey(),
    author: int('author').notNull().references(() => users.id, { onDelete: 'cascade' }),
    title: varchar('title', { length: 80 }).notNull(),
  },
  (t) => [index('posts_by_title').on(t.title)],
)
`,
  values: 'its own',
  first: ['create table drafts', 'create table posts', 'create table users'],
  second: [
    'drop table drafts (destructive)',
    'expect no rows of posts whose author is not in users (id)',
    'rename column users.mail to email',
    'rename constraint users_mail_unique of users to users_email_unique',
    'add column users.country',
    'fill users.country',
    'change column users.country: not null',
    'change column users.mood: type',
    'create index posts_by_title on posts',
    'add foreign key posts_author_users_id_fk to posts',
  ],
  objects: ['posts', 'users'],
}
