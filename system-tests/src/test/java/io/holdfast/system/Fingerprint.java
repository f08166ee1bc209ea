package io.holdfast.system;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a cluster holds, as text that is equal exactly when the contents are: rows, definitions,
 * sequences, comments, large objects, roles, grants and settings.
 */
final class Fingerprint {
  private static final String ROLES =
      "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,"
          + " rolreplication, rolbypassrls, rolconnlimit, CASE WHEN rolname NOT IN ('postgres',"
          // Every server has these with a password of its own, and roles that exist are kept.
          + " 'holdfast', 'holdfast_replicator') THEN rolpassword END, rolvaliduntil,"
          + " shobj_description(r.oid, 'pg_authid'), (SELECT string_agg(s.setconfig::text ||"
          + " coalesce(d.datname, ''), ';' ORDER BY d.datname, s.setconfig::text) FROM"
          + " pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE s.setrole"
          + " = r.oid), (SELECT string_agg(roleid::regrole::text || admin_option, ';' ORDER BY"
          + " roleid::regrole::text) FROM pg_auth_members m WHERE m.member = r.oid) FROM pg_authid"
          + " r WHERE rolname !~ '^pg_' ORDER BY rolname";
  private static final String DATABASES =
      "SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype,"
          + " to_jsonb(d) ->> 'datlocprovider', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->>"
          + " 'daticulocale'), datconnlimit, datistemplate, pg_get_userbyid(datdba), (SELECT"
          + " array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a), shobj_description(d.oid,"
          + " 'pg_database'), (SELECT string_agg(setconfig::text, ';') FROM pg_db_role_setting WHERE"
          + " setdatabase = d.oid AND setrole = 0) FROM pg_database d WHERE datallowconn ORDER BY"
          + " datname";
  private static final String TABLES =
      "SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
          + " relnamespace WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog',"
          + " 'information_schema') ORDER BY 1";
  private static final List<String> DEFINITIONS =
      List.of(
          "SELECT nspname, relname, relkind, pg_get_userbyid(relowner), (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(relacl) a),"
              + " obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid"
              + " = relnamespace WHERE nspname NOT IN ('pg_catalog', 'information_schema',"
              + " 'pg_toast') ORDER BY 1, 2",
          "SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull,"
              + " col_description(attrelid, attnum), (SELECT pg_get_expr(adbin, adrelid) FROM"
              + " pg_attrdef WHERE adrelid = attrelid AND adnum = attnum) FROM pg_attribute JOIN"
              + " pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE"
              + " attnum > 0 AND NOT attisdropped AND relkind = 'r' AND nspname NOT IN"
              + " ('pg_catalog', 'information_schema') ORDER BY 1, attnum",
          "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
              + " WHERE conrelid >= 16384 ORDER BY 1, 2",
          "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname NOT IN"
              + " ('pg_catalog') ORDER BY 1, 2",
          "SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname NOT IN"
              + " ('pg_catalog', 'information_schema') ORDER BY 1, 2",
          "SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid ="
              + " pronamespace WHERE nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY"
              + " 1",
          "SELECT schemaname, sequencename, last_value, increment_by, start_value FROM pg_sequences"
              + " ORDER BY 1, 2",
          "SELECT nspname, pg_get_userbyid(nspowner), (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(nspacl) a) FROM pg_namespace WHERE nspname !~"
              + " '^pg_' AND nspname <> 'information_schema' ORDER BY 1",
          "SELECT md5(string_agg(encode(lo_get(oid), 'hex'), ',' ORDER BY oid)), count(*) FROM"
              + " pg_largeobject_metadata");

  private Fingerprint() {}

  /** Roles and database properties of the whole cluster. */
  static List<String> globals(Databases server) throws SQLException {
    return server.rows("postgres", ROLES);
  }

  static List<String> databaseProperties(Databases server) throws SQLException {
    return server.rows("postgres", DATABASES);
  }

  /** Definition and content of one database, a line per fact. */
  static Map<String, String> database(Databases server, String name) throws SQLException {
    Map<String, String> facts = new TreeMap<>();
    int i = 0;
    for (String definition : DEFINITIONS) {
      facts.put("definitions " + i++, String.join("\n", server.rows(name, definition)));
    }
    for (String table : server.rows(name, TABLES)) {
      facts.put(
          "rows " + table,
          server.one(
              name,
              "SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))"
                  + " FROM "
                  + table
                  + " t"));
    }
    return facts;
  }
}
