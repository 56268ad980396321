#include "core/check.h"
#include "json/json.h"
#include "json/value.h"

#include <algorithm>

namespace antiphon::json {

namespace {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void write(const Shape& shape, const void* object) {
    switch (shape.kind) {
      case Kind::boolean:
        out_ += shape.load_boolean(object) ? "true" : "false";
        return;
      case Kind::integer:
        return append_number(out_, shape.load_integer(object));
      case Kind::number:
        return append_number(out_, shape.load_number(object));
      case Kind::text:
        return append_text(out_, shape.view_text(object, scratch_));
      case Kind::enumeration:
        return append_text(out_, name_of(shape, shape.load_integer(object)));
      case Kind::optional:
      case Kind::nullable:
      case Kind::wrapped:
        return write_held(shape, object);
      case Kind::list:
        return write_list(shape, object);
      case Kind::map:
        return write_map(shape, object);
      case Kind::free_object:
        out_ += shape.view_text(object, scratch_);
        return;
      case Kind::object:
        return write_object(shape, object);
      case Kind::variant:
        return write(shape.alternatives[shape.index(object)](), shape.active(object));
    }
  }

 private:
  struct Context {
    Writer& writer;
    const Shape& inner;
    bool first = true;
  };

  static std::string_view name_of(const Shape& shape, std::int64_t value) {
    const auto found = std::ranges::find(shape.enumerators, value, &Enumerator::value);
    CHECK(found != shape.enumerators.end(), "an enum holds one of its enumerators");
    return found->name;
  }

  void separate(bool& first) {
    if (!first) out_ += ',';
    first = false;
  }

  void write_held(const Shape& shape, const void* object) {
    const void* held = shape.held(object);
    if (held == nullptr) {
      out_ += "null";
    } else {
      write(shape.inner(), held);
    }
  }

  void write_list(const Shape& shape, const void* object) {
    Context context{*this, shape.inner()};
    out_ += '[';
    shape.each_item(
        object,
        [](void* opaque, const void* item) {
          auto& [writer, inner, first] = *static_cast<Context*>(opaque);
          writer.separate(first);
          writer.write(inner, item);
        },
        &context);
    out_ += ']';
  }

  void write_map(const Shape& shape, const void* object) {
    Context context{*this, shape.inner()};
    out_ += '{';
    shape.each_entry(
        object,
        [](void* opaque, std::string_view key, const void* entry) {
          auto& [writer, inner, first] = *static_cast<Context*>(opaque);
          writer.separate(first);
          append_text(writer.out_, key);
          writer.out_ += ':';
          writer.write(inner, entry);
        },
        &context);
    out_ += '}';
  }

  void write_object(const Shape& shape, const void* object) {
    out_ += '{';
    bool first = true;
    if (!shape.tag.empty()) {
      separate(first);
      out_ += "\"type\":";
      append_text(out_, shape.tag);
    }
    for (const Field& field : shape.fields) {
      // get() only takes an address; the writer keeps it constant.
      const void* part = field.get(const_cast<void*>(object));
      const Shape& inner = field.shape();
      if (inner.kind == Kind::optional && inner.held(part) == nullptr) continue;
      separate(first);
      append_text(out_, field.name);
      out_ += ':';
      write(inner, part);
    }
    out_ += '}';
  }

  std::string& out_;
  std::string scratch_;
};

}  // namespace

void write_to(std::string& out, const Shape& shape, const void* object) {
  Writer(out).write(shape, object);
}

}  // namespace antiphon::json
