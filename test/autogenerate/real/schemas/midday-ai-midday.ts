/*
 * The tables of github.com/midday-ai/midday, as its packages/db/src/schema.ts declared them at
 * 47d252aab7e3ab28a0027376cfdd6ee83d2e5ccf (2026-04-21). Only the facts: names, types, keys, indexes, defaults; declared anew.
 * Not as there: the policies are those of one table, the two columns of pgvector's type are left out, indexes have the operator
 * classes of their columns' types (drizzle-kit pulled some of another column's, which no server takes), and the table that it
 * calls `auth.users` stands in a schema of that name, as it does where it is used.
 */

export * from './midday-ai-midday/accounting-sync-records-to-customers.ts'
export * from './midday-ai-midday/document-tag-assignments-to-invoice-comments.ts'
export * from './midday-ai-midday/invoice-products-to-invoices.ts'
export * from './midday-ai-midday/notification-settings-to-short-links.ts'
export * from './midday-ai-midday/tags-to-transaction-match-suggestions.ts'
export * from './midday-ai-midday/transaction-tags-to-users-on-team.ts'
export * from './midday-ai-midday/types.ts'
