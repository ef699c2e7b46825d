package postbus.faults;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** The rows of some schemas as of one moment, and where their sequences are, in the format of {@code COPY}. */
final class Dump {
    /** Without the histories of migrations: they are where the tables are. */
    private static final String TABLES = """
            select format('%I.%I (%s)', table_schema, table_name,
                          string_agg(quote_ident(column_name), ', ' order by ordinal_position))
              from information_schema.columns
             where table_schema in (SCHEMAS) and table_name not like '%\\_history' and is_generated = 'NEVER'
             group by table_schema, table_name
             order by table_schema, table_name
            """;

    private static final String SEQUENCES = """
            select format('select setval(%L, %s, true)', format('%I.%I', schemaname, sequencename), last_value)
              from pg_sequences
             where schemaname in (SCHEMAS) and last_value is not null
            """;

    private final Map<String, byte[]> rows = new LinkedHashMap<>();
    private final List<String> sequences;

    private Dump(Connection connection, String schemas) throws SQLException, IOException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();
        for (var table : texts(connection, TABLES.replace("SCHEMAS", schemas))) {
            var text = new ByteArrayOutputStream();
            copies.copyOut("copy " + table + " to stdout", text);
            rows.put(table, text.toByteArray());
        }
        sequences = texts(connection, SEQUENCES.replace("SCHEMAS", schemas));
        connection.commit();
    }

    /** @param schemas as a list of SQL literals */
    static Dump of(String databaseUrl, String schemas) {
        try (var connection = NotesFlow.connect(databaseUrl)) {
            return new Dump(connection, schemas);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot dump", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the rows of the same tables of another database. */
    void restoreInto(String databaseUrl) {
        try (var connection = NotesFlow.connect(databaseUrl);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            var copies = connection.unwrap(PGConnection.class).getCopyAPI();
            for (var table : rows.entrySet()) {
                statement.execute(
                        "truncate " + table.getKey().substring(0, table.getKey().indexOf(' ')));
                copies.copyIn("copy " + table.getKey() + " from stdin", new ByteArrayInputStream(table.getValue()));
            }
            for (var sequence : sequences) {
                statement.execute(sequence);
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("cannot restore", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }
}
