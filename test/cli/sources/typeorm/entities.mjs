/** A shop of 16 entities, and two tables that TypeORM makes for relations of many to many, in the words of one database. */
export function shopEntities(EntitySchema, family) {
  const isPostgres = family === 'postgres'
  const timestamp = { sqlite: 'datetime', postgres: 'timestamptz', mysql: 'timestamp' }[family]
  const json = { sqlite: 'simple-json', postgres: 'jsonb', mysql: 'json' }[family]
  const id = { type: 'int', primary: true, generated: 'increment' }
  const money = { type: 'decimal', precision: 12, scale: 2 }
  const text = (length = 255, more = {}) => ({ type: 'varchar', length, ...more })
  const enumeration = (values, more) => ({ type: family === 'sqlite' ? 'simple-enum' : 'enum', enum: values, ...more })
  const created = { type: timestamp, createDate: true, name: 'created_at' }
  const manyToOne = (target, name, more = {}) => ({ type: 'many-to-one', target, joinColumn: { name }, ...more })
  const part = (target, name, more = {}) => manyToOne(target, name, { onDelete: 'CASCADE', ...more })
  /** A column of a foreign key that is part of the primary key. */
  const key = (name, column = { type: 'int' }) => ({ ...column, primary: true, name })
  const productId = { type: family === 'sqlite' ? 'int' : 'bigint' }
  const code = { type: family === 'sqlite' ? 'varchar' : 'char', length: 4 }
  const entity = (name, columns, more = {}) => new EntitySchema({ name, columns, ...more })

  return [
    entity(
      'Organisation',
      {
        id: { type: 'uuid', primary: true, generated: 'uuid' },
        name: text(120),
        slug: text(80, { unique: true }),
        settings: { type: json, nullable: true },
        createdAt: created,
      },
      { tableName: 'organisations' },
    ),
    entity(
      'User',
      {
        id,
        email: text(190),
        name: text(120, { nullable: true }),
        isActive: { type: 'boolean', default: true, name: 'is_active' },
        createdAt: created,
        updatedAt: { type: timestamp, updateDate: true, name: 'updated_at' },
        deletedAt: { type: timestamp, deleteDate: true, name: 'deleted_at' },
      },
      {
        tableName: 'users',
        uniques: [{ name: 'users_email', columns: ['email'] }],
        indices: [
          { name: 'users_by_age', columns: ['createdAt'] },
          ...(isPostgres ? [{ name: 'active_users', columns: ['name'], where: '"is_active" = true' }] : []),
        ],
      },
    ),
    entity(
      'Profile',
      {
        userId: key('user_id'),
        bio: text(200, { default: 'empty; so far' }),
        birthDate: { type: 'date', nullable: true },
        avatar: { type: { sqlite: 'blob', postgres: 'bytea', mysql: 'blob' }[family], nullable: true },
      },
      { relations: { user: part('User', 'user_id', { type: 'one-to-one' }) } },
    ),
    entity(
      'Membership',
      {
        organisationId: key('organisation_id', { type: 'uuid' }),
        userId: key('user_id'),
        role: enumeration(['member', 'editor', 'owner'], { default: 'member' }),
      },
      {
        tableName: 'memberships',
        relations: { organisation: part('Organisation', 'organisation_id'), user: part('User', 'user_id') },
        indices: [{ columns: ['user', 'role'] }],
      },
    ),
    entity(
      'Follow',
      { followerId: key('follower_id'), followedId: key('followed_id'), since: created },
      { relations: { follower: part('User', 'follower_id'), followed: part('User', 'followed_id') } },
    ),
    entity(
      'Category',
      { id, name: text(80) },
      {
        tableName: 'categories',
        relations: { parent: manyToOne('Category', 'parent_id', { nullable: true, onDelete: 'SET NULL' }) },
        uniques: [{ columns: ['parent', 'name'] }],
      },
    ),
    entity(
      'Product',
      {
        id: { ...productId, primary: true, generated: 'increment' },
        sku: text(40),
        title: text(200),
        price: { ...money, default: 0 },
        weight: { type: { sqlite: 'real', postgres: 'double precision', mysql: 'double' }[family], nullable: true },
        attributes: { type: json, nullable: true },
        ...(isPostgres ? { labels: { type: 'text', array: true, default: '{}' } } : {}),
      },
      {
        tableName: 'products',
        relations: {
          organisation: manyToOne('Organisation', 'organisation_id', { nullable: false }),
          category: manyToOne('Category', 'category_id', { nullable: true }),
          tags: { type: 'many-to-many', target: 'Tag', joinTable: { name: 'product_tags' } },
        },
        uniques: [{ name: 'product_sku_of_organisation', columns: ['organisation', 'sku'] }],
        indices: [{ columns: ['title'] }],
        checks: [{ name: 'product_sku', expression: `${family === 'mysql' ? 'sku' : '"sku"'} LIKE '%-%'` }],
      },
    ),
    entity('Tag', { id, label: text(60, { unique: true }) }),
    entity('Warehouse', { code: key('code', code), city: text(80) }),
    entity(
      'Stock',
      {
        warehouseCode: key('warehouse_code', code),
        productId: key('product_id', productId),
        quantity: { type: 'int', default: 0 },
        countedAt: { type: timestamp, nullable: true, name: 'counted_at' },
      },
      {
        relations: {
          warehouse: part('Warehouse', 'warehouse_code', { onDelete: 'RESTRICT' }),
          product: part('Product', 'product_id'),
        },
        checks: [{ expression: 'quantity >= 0' }],
      },
    ),
    entity(
      'Order',
      {
        id,
        status: enumeration(['draft', 'placed', 'shipped'], { default: 'draft' }),
        placedAt: { type: timestamp, nullable: true, precision: family === 'sqlite' ? undefined : 3 },
        total: money,
      },
      {
        tableName: 'order',
        relations: { user: manyToOne('User', 'user_id', { nullable: false, onDelete: 'RESTRICT' }) },
        indices: [{ columns: ['user', 'placedAt'] }],
      },
    ),
    entity(
      'OrderLine',
      {
        orderId: key('order_id'),
        line: { type: 'smallint', primary: true },
        quantity: { type: 'int', default: 1 },
        price: money,
      },
      {
        tableName: 'order_lines',
        relations: { order: part('Order', 'order_id'), product: manyToOne('Product', 'product_id') },
      },
    ),
    entity(
      'Review',
      { id, stars: { type: 'smallint', default: 3 }, body: { type: 'text', nullable: true } },
      {
        relations: {
          user: manyToOne('User', 'user_id', { onDelete: 'CASCADE' }),
          product: manyToOne('Product', 'product_id', { onDelete: 'CASCADE' }),
        },
        uniques: [{ columns: ['user', 'product'] }],
      },
    ),
    entity(
      'Post',
      { id, title: text(), body: { type: 'text' }, published: { type: 'boolean', default: false } },
      {
        relations: {
          author: manyToOne('User', 'author_id'),
          tags: { type: 'many-to-many', target: 'Tag', joinTable: true },
        },
      },
    ),
    entity(
      'Comment',
      { id, body: { type: 'text' } },
      {
        relations: {
          post: manyToOne('Post', 'post_id', { onDelete: 'CASCADE' }),
          author: manyToOne('User', 'author_id', { nullable: true, onDelete: 'SET NULL' }),
          replyTo: manyToOne('Comment', 'reply_to', { nullable: true, onDelete: 'CASCADE' }),
        },
      },
    ),
    entity(
      'AuditEvent',
      { id, kind: text(60), payload: { type: json }, at: created },
      {
        tableName: 'audit_events',
        relations: { actor: manyToOne('User', 'actor_id', { nullable: true }) },
        indices: [{ columns: ['kind', 'at'] }],
      },
    ),
  ]
}
