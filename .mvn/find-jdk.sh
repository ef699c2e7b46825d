# Sourced by POSIX shell scripts. find_jdk exports JAVA_HOME as a JDK that can build and run this
# project: JAVA_HOME itself if it will do, else the one `java` on the PATH belongs to, else the newest
# in the usual places. With none it prints what to install and returns 2.

JDK_MINIMUM=21

# Prints the version in a JDK's release file as one sortable number, or 0 if that is no full JDK.
jdk_version() {
    if [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -f "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9][0-9.]*\).*/\1/p' "$1/release" \
            | awk -F. 'NR == 1 { v = $1 * 1000000 + $2 * 1000 + $3 } END { print v + 0 }'
    else
        echo 0
    fi
}

find_jdk() {
    jdk_floor=$((JDK_MINIMUM * 1000000))
    if [ -n "${JAVA_HOME:-}" ] && [ "$(jdk_version "$JAVA_HOME")" -ge "$jdk_floor" ]; then
        export JAVA_HOME
        return 0
    fi

    if command -v java >/dev/null 2>&1; then
        jdk_home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
        if [ -n "$jdk_home" ] && [ "$(jdk_version "$jdk_home")" -ge "$jdk_floor" ]; then
            JAVA_HOME=$jdk_home
            export JAVA_HOME
            return 0
        fi
    fi

    jdk_best=$((jdk_floor - 1))
    jdk_found=
    for jdk_home in /usr/lib/jvm/* /opt/java* /opt/java/* /opt/jdk* \
        "${HOME:-/root}"/.sdkman/candidates/java/* "${HOME:-/root}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        jdk_this=$(jdk_version "$jdk_home")
        if [ "$jdk_this" -gt "$jdk_best" ]; then
            jdk_best=$jdk_this
            jdk_found=$jdk_home
        fi
    done
    if [ -z "$jdk_found" ]; then
        echo "No JDK $JDK_MINIMUM or newer found: install one (such as openjdk-$JDK_MINIMUM-jdk) or set JAVA_HOME to it." >&2
        return 2
    fi
    JAVA_HOME=$jdk_found
    export JAVA_HOME
}
