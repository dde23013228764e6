import { features } from './model.js'

/** @typedef {import('@org/migrate-drizzle/sqlite').OpenDatabase<{ features: typeof features }>['db']} Db */

/** The features of a user, the oldest first. @param {Db} db @param {string} userId */
export function getFeaturesByUser(db, userId) {
  return db.query.features.findMany({
    where: ({ user_id }, { eq }) => eq(user_id, userId),
    orderBy: ({ created_at, name }, { asc }) => [asc(created_at), asc(name)],
  })
}

/**
 * Inserts a feature and gives it with what was filled in.
 *
 * @param {Db} db
 * @param {import('./model.js').NewFeature} feature
 * @returns {Promise<import('./model.js').Feature>}
 */
export async function insertFeature(db, feature) {
  const [inserted] = await db.insert(features).values(feature).returning()
  if (inserted === undefined) throw new Error('The database returned no row.')
  return inserted
}
