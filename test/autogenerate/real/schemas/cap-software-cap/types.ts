import { customType } from 'drizzle-orm/mysql-core'

export const nanoId = customType<{ data: string }>({ dataType: () => 'varchar(15)' })

export const encryptedText = customType<{ data: string }>({ dataType: () => 'text' })
