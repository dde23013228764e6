import { customType } from 'drizzle-orm/mysql-core'

export const longblob = customType<{ data: Buffer }>({ dataType: () => 'LONGBLOB' })
