# What a cluster runs: Discretion, and Flink with Beam's job server, in one image. docs/cluster.md
# says how its parts are started. It hasn't been built yet: there was no container engine to do it.
#
#   docker build --target command --tag discretion .           the command alone, without Java
#   docker build --tag discretion-flink .                      for JobManager, TaskManager, job server

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY scripts/requirements.lock scripts/
# Only what the command needs, in the locked versions.
RUN sed -n 's/^\([a-z][^ ]*==[^ ]*\).*/\1/p' scripts/requirements.lock > constraints.txt \
    && python -m venv /opt/discretion \
    && grep '^setuptools==' constraints.txt > build.txt \
    && /opt/discretion/bin/pip install --no-cache-dir --requirement build.txt
COPY pyproject.toml README.md ./
COPY schemas schemas
COPY transforms transforms
COPY pipelines pipelines
RUN /opt/discretion/bin/pip install --no-cache-dir --constraint constraints.txt \
    --no-build-isolation '.[duckdb,documents]'

FROM maven:3.9-eclipse-temurin-17 AS jars
RUN apt-get update \
    && apt-get install --yes --no-install-recommends procps python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY scripts/__init__.py scripts/
COPY scripts/flink_cluster scripts/flink_cluster
RUN XDG_CACHE_HOME=/jars python3 -m scripts.flink_cluster fetch \
    && mv /jars/discretion/flink-* /jars/lib

FROM python:3.11-slim-bookworm AS command
RUN useradd --create-home --uid 10001 discretion
COPY --from=build /opt/discretion /opt/discretion
ENV PATH=/opt/discretion/bin:$PATH
USER discretion
WORKDIR /home/discretion
ENTRYPOINT ["discretion"]
CMD ["--help"]

FROM command
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openjdk-17-jre-headless \
    && rm -rf /var/lib/apt/lists/*
COPY --from=jars /jars/lib /opt/flink/lib
# As in scripts/flink_cluster/settings.py.
ENV JDK_JAVA_OPTIONS="--add-opens=java.base/java.lang=ALL-UNNAMED \
 --add-opens=java.base/java.util=ALL-UNNAMED \
 --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
 --add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED \
 --add-opens=java.base/java.lang.invoke=ALL-UNNAMED \
 --add-opens=java.base/java.lang.reflect=ALL-UNNAMED \
 --add-opens=java.base/java.nio=ALL-UNNAMED \
 --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
 --add-opens=java.base/java.net=ALL-UNNAMED \
 --add-opens=java.base/java.io=ALL-UNNAMED \
 --add-opens=java.base/java.time=ALL-UNNAMED \
 --add-opens=java.base/java.text=ALL-UNNAMED"
USER discretion
# The settings go to /opt/flink/conf/flink-conf.yaml. Another class starts another part.
ENTRYPOINT ["java", "-cp", "/opt/flink/lib/*"]
CMD ["org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "--configDir", "/opt/flink/conf"]
