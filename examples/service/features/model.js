// The features of the users of a service: declared once, for queries and for comparisons with the database.
import { bigint, boolean, client, column, json, table, text } from '@org/migrate-core'
import { toDrizzle } from '@org/migrate-drizzle/sqlite'

/** @typedef {{ readonly limit?: number }} FeatureSettings */

export const declaredFeatures = table(
  'features',
  {
    id: column(text(), { nullable: false, clientDefault: client.uuid() }),
    user_id: column(text(), { nullable: false }),
    name: column(text(), { nullable: false }),
    enabled: column(boolean(), { nullable: false, clientDefault: client.literal(false) }),
    settings: column(/** @type {typeof json<FeatureSettings>} */ (json)(), {
      nullable: false,
      clientDefault: client.literal({}),
    }),
    created_at: column(bigint(), { nullable: false, clientDefault: client.now() }),
  },
  { primaryKey: ['id'], indexes: [{ name: 'features_user_id', columns: ['user_id'] }] },
)

export const features = toDrizzle(declaredFeatures)

/** @typedef {typeof features.$inferSelect} Feature */
/** @typedef {typeof features.$inferInsert} NewFeature */
