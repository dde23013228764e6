import { customType, pgEnum, pgSchema } from 'drizzle-orm/pg-core'

export const accountTypeEnum = pgEnum('account_type', [
  'depository',
  'credit',
  'other_asset',
  'loan',
  'other_liability',
])

export const accountingProviderEnum = pgEnum('accounting_provider', ['xero', 'quickbooks', 'fortnox'])

export const accountingSyncStatusEnum = pgEnum('accounting_sync_status', ['synced', 'failed', 'pending', 'partial'])

export const accountingSyncTypeEnum = pgEnum('accounting_sync_type', ['auto', 'manual'])

export const activitySourceEnum = pgEnum('activity_source', ['system', 'user'])

export const activityStatusEnum = pgEnum('activity_status', ['unread', 'read', 'archived'])

export const activityTypeEnum = pgEnum('activity_type', [
  'transactions_enriched',
  'transactions_created',
  'invoice_paid',
  'inbox_new',
  'inbox_auto_matched',
  'inbox_needs_review',
  'inbox_cross_currency_matched',
  'invoice_overdue',
  'invoice_sent',
  'inbox_match_confirmed',
  'invoice_refunded',
  'recurring_series_started',
  'recurring_series_completed',
  'recurring_series_paused',
  'recurring_invoice_upcoming',
  'document_uploaded',
  'document_processed',
  'invoice_duplicated',
  'invoice_scheduled',
  'invoice_reminder_sent',
  'invoice_cancelled',
  'invoice_created',
  'draft_invoice_created',
  'tracker_entry_created',
  'tracker_project_created',
  'transactions_categorized',
  'transactions_assigned',
  'transaction_attachment_created',
  'transaction_category_created',
  'transactions_exported',
  'customer_created',
  'insight_ready',
])

export const bankProvidersEnum = pgEnum('bank_providers', ['gocardless', 'plaid', 'teller', 'enablebanking'])

export const connectionStatusEnum = pgEnum('connection_status', ['disconnected', 'connected', 'unknown'])

export const documentProcessingStatusEnum = pgEnum('document_processing_status', [
  'pending',
  'processing',
  'completed',
  'failed',
])

export const inboxAccountProvidersEnum = pgEnum('inbox_account_providers', ['gmail', 'outlook'])

export const inboxAccountStatusEnum = pgEnum('inbox_account_status', ['connected', 'disconnected'])

export const inboxBlocklistTypeEnum = pgEnum('inbox_blocklist_type', ['email', 'domain'])

export const inboxStatusEnum = pgEnum('inbox_status', [
  'processing',
  'pending',
  'archived',
  'new',
  'analyzing',
  'suggested_match',
  'no_match',
  'done',
  'deleted',
  'other',
])

export const inboxTypeEnum = pgEnum('inbox_type', ['invoice', 'expense', 'other'])

export const insightPeriodTypeEnum = pgEnum('insight_period_type', ['weekly', 'monthly', 'quarterly', 'yearly'])

export const insightStatusEnum = pgEnum('insight_status', ['pending', 'generating', 'completed', 'failed'])

export const institutionStatusEnum = pgEnum('institution_status', ['active', 'removed'])

export const invoiceDeliveryTypeEnum = pgEnum('invoice_delivery_type', ['create', 'create_and_send', 'scheduled'])

export const invoiceRecurringEndTypeEnum = pgEnum('invoice_recurring_end_type', ['never', 'on_date', 'after_count'])

export const invoiceRecurringFrequencyEnum = pgEnum('invoice_recurring_frequency', [
  'weekly',
  'biweekly',
  'monthly_date',
  'monthly_weekday',
  'monthly_last_day',
  'quarterly',
  'semi_annual',
  'annual',
  'custom',
])

export const invoiceRecurringStatusEnum = pgEnum('invoice_recurring_status', [
  'active',
  'paused',
  'completed',
  'canceled',
])

export const invoiceSizeEnum = pgEnum('invoice_size', ['a4', 'letter'])

export const invoiceStatusEnum = pgEnum('invoice_status', [
  'draft',
  'overdue',
  'paid',
  'unpaid',
  'canceled',
  'scheduled',
  'refunded',
])

export const plansEnum = pgEnum('plans', ['trial', 'starter', 'pro'])

export const platformProviderEnum = pgEnum('platform_provider', ['slack', 'telegram', 'whatsapp', 'sendblue'])

export const reportTypesEnum = pgEnum('reportTypes', [
  'profit',
  'revenue',
  'burn_rate',
  'expense',
  'monthly_revenue',
  'revenue_forecast',
  'runway',
  'category_expenses',
])

export const subscriptionStatusEnum = pgEnum('subscription_status', ['active', 'past_due', 'trialing'])

export const teamRolesEnum = pgEnum('teamRoles', ['owner', 'member'])

export const trackerStatusEnum = pgEnum('trackerStatus', ['in_progress', 'completed'])

export const transactionFrequencyEnum = pgEnum('transaction_frequency', [
  'weekly',
  'biweekly',
  'monthly',
  'semi_monthly',
  'annually',
  'irregular',
  'unknown',
])

export const transactionMethodsEnum = pgEnum('transactionMethods', [
  'payment',
  'card_purchase',
  'card_atm',
  'transfer',
  'other',
  'unknown',
  'ach',
  'interest',
  'deposit',
  'wire',
  'fee',
])

export const transactionStatusEnum = pgEnum('transactionStatus', [
  'posted',
  'pending',
  'excluded',
  'completed',
  'archived',
  'exported',
])

export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

export const money = customType<{ data: number; driverData: string }>({
  dataType: () => 'numeric(10, 2)',
  fromDriver: Number,
  toDriver: String,
})

export const confidence = customType<{ data: number; driverData: string }>({
  dataType: () => 'numeric(4, 3)',
  fromDriver: Number,
  toDriver: String,
})

export const amount = customType<{ data: number; driverData: string }>({
  dataType: () => 'numeric',
  fromDriver: Number,
  toDriver: String,
})

export const auth = pgSchema('auth')
