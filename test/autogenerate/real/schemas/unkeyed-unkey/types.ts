import { customType } from 'drizzle-orm/mysql-core'

export const id = customType<{ data: string }>({ dataType: () => 'varchar(48) COLLATE utf8mb4_0900_as_cs' })

export const longblob = customType<{ data: string }>({ dataType: () => 'longblob' })

export const caseSensitive64 = customType<{ data: string }>({
  dataType: () => 'varchar(64) COLLATE utf8mb4_0900_as_cs',
})

export const caseSensitive128 = customType<{ data: string }>({
  dataType: () => 'varchar(128) COLLATE utf8mb4_0900_as_cs',
})

export const caseSensitive255 = customType<{ data: string }>({
  dataType: () => 'varchar(255) COLLATE utf8mb4_0900_as_cs',
})

export const caseSensitive256 = customType<{ data: string }>({
  dataType: () => 'varchar(256) COLLATE utf8mb4_0900_as_cs',
})

export const caseSensitive512 = customType<{ data: string }>({
  dataType: () => 'varchar(512) COLLATE utf8mb4_0900_as_cs',
})

export const caseInsensitive64 = customType<{ data: string }>({ dataType: () => 'varchar(64)' })

export const caseInsensitive255 = customType<{ data: string }>({ dataType: () => 'varchar(255)' })

export const caseInsensitive256 = customType<{ data: string }>({ dataType: () => 'varchar(256)' })

export const caseInsensitive512 = customType<{ data: string }>({ dataType: () => 'varchar(512)' })
