import type { StepDatabase } from '@org/migrate-core'
import { tagId } from './tag-id.ts'

/** What the columns of ids hold: tag.id everywhere, and on MySQL chat_tag.tag_id too, because it is in a key. */
const longest = 255

async function refuseLong(db: StepDatabase, table: string, column: string, owner: string): Promise<void> {
  await db.backfill({
    table,
    key: ['id'],
    columns: [column, owner],
    // Lower case has at most two characters for one.
    where: `CHAR_LENGTH("${column}") > ${Math.floor(longest / 2)}`,
    step: async (rows) => {
      for (const row of rows) {
        const { length } = [...tagId(String(row[column]))]
        if (length <= longest) continue
        throw new Error(
          `${table} ${JSON.stringify(row.id)} of user ${JSON.stringify(row[owner])}: in lower case its ${column} has ` +
            `${length} characters, and the id of a tag holds ${longest}; give it a shorter name`,
        )
      }
    },
  })
}

/** Stops the run before anything changes where a tag's name, in lower case, is longer than an id may be. */
export async function refuseLongTags(db: StepDatabase): Promise<void> {
  await refuseLong(db, 'tag', 'name', 'user_id')
  if (db.dialect === 'mysql') await refuseLong(db, 'chatidtag', 'tag_name', 'user_id')
}
