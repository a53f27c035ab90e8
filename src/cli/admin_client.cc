#include "cli/admin_client.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "base/json_body.h"
#include "base/json_writer.h"
#include "cli/log/partition_name.h"
#include "cli/server_call.h"
#include "cli/server_url.h"

namespace quipu::cli {
namespace {

using base::Result;

// A digest reads the whole state.
constexpr std::chrono::minutes kPatience{30};

Result<std::string> ask(const server::RunningServer& server, std::string method,
                        std::string_view path, std::string body) {
    std::string url = fmt::format("http://{}{}", server.admin, path);
    return body_of(
        call_server(server_request(std::move(method), std::move(url), std::move(body), ""),
                    patient(kPatience)));
}

tl::unexpected<base::Error> not_understood() {
    return base::fail("answer_not_understood", "The server's digests cannot be read.");
}

Result<engine::PartitionDigest> read_digest(base::JsonReader& reader, std::string_view line) {
    const auto json = reader.read(line);
    if (!json) return not_understood();
    const auto name = (*json)["partition"].string();
    const auto offset = (*json)["nextOffset"].number();
    const auto hex = (*json)["digest"].string();
    const auto partition = name ? parse_partition(*name) : std::nullopt;
    if (!partition || !offset || !hex) return not_understood();
    engine::PartitionDigest digest{*partition, 0, std::string(*hex)};
    std::from_chars(offset->data(), offset->data() + offset->size(), digest.next_offset);
    return digest;
}

}  // namespace

Result<std::vector<engine::PartitionDigest>> ask_digests(const server::RunningServer& server) {
    const auto body = ask(server, "GET", "/admin/digest", "");
    if (!body) return tl::unexpected(body.error());
    base::JsonReader reader;
    std::vector<engine::PartitionDigest> digests;
    std::string_view rest = *body;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        auto digest = read_digest(reader, rest.substr(0, end));
        if (!digest) return tl::unexpected(digest.error());
        digests.push_back(std::move(*digest));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return digests;
}

Result<void> ask_checkpoint(const server::RunningServer& server, const std::string& folder) {
    std::string body;
    base::JsonWriter json(body);
    json.begin_object();
    json.key("folder").string(folder);
    json.end_object();
    const auto answer = ask(server, "POST", "/admin/checkpoint", std::move(body));
    if (!answer) return tl::unexpected(answer.error());
    return {};
}

}  // namespace quipu::cli
